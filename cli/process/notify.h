// Tells systemd the state of a service with the protocol of sd_notify(3), for Type=notify.
#pragma once

#include <string_view>

namespace cli {

// Sends `state`, e.g. "READY=1\nSTATUS=leading", to $NOTIFY_SOCKET. Does nothing if it is not set or nobody listens.
void notify_systemd(std::string_view state);

}  // namespace cli
