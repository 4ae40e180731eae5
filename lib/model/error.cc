#include "elect/error.h"

#include "elect/text.h"

namespace elect {

std::string describe(const Error& error) {
  std::string text = printable(error.message);
  if (!error.endpoint.empty()) text += " (endpoint " + printable(error.endpoint) + ")";
  return text;
}

}  // namespace elect
