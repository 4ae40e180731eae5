// Tells the caller that a watch cannot go on, and later that it goes on: ClientOptions::on_outage. Repeats neither.
#pragma once

#include <utility>

#include "elect/options.h"

namespace elect {

class Outage {
 public:
  explicit Outage(const ClientOptions& options) : on_outage_(options.on_outage) {}

  void begin(const Error& error) {
    if (!std::exchange(lasts_, true) && on_outage_) on_outage_(&error);
  }
  void end() {
    if (std::exchange(lasts_, false) && on_outage_) on_outage_(nullptr);
  }

 private:
  const std::function<void(const Error*)>& on_outage_;
  bool lasts_ = false;
};

}  // namespace elect
