// SPDX-License-Identifier: Apache-2.0
// Whatever parses as JSON prints as what parses to the same.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "json/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wf;
  const auto value = json::parse({reinterpret_cast<const char*>(data), size});
  if (!value.ok()) return 0;
  for (const std::string& text : {json::print(*value), json::print_indented(*value)}) {
    const auto again = json::parse(text);
    CHECK(again.ok() && *again == *value);
  }
  return 0;
}
