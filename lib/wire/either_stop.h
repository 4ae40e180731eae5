// One stop token out of two: triggered when either is.
#pragma once

#include <stop_token>

namespace elect {

class EitherStop {
 public:
  EitherStop(std::stop_token a, std::stop_token b)
      : a_(std::move(a), Relay{&source_}), b_(std::move(b), Relay{&source_}) {}

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  struct Relay {
    std::stop_source* source;
    void operator()() const { source->request_stop(); }
  };
  std::stop_source source_;
  std::stop_callback<Relay> a_;
  std::stop_callback<Relay> b_;
};

}  // namespace elect
