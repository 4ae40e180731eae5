// Telling systemd of a service's state: sd_notify(3)'s protocol, for Type=notify.
#pragma once

#include <string_view>

namespace cli {

// Sends `state`, e.g. "READY=1\nSTATUS=leading", to $NOTIFY_SOCKET. Nothing where there is none, or nobody listens.
void notify_systemd(std::string_view state);

}  // namespace cli
