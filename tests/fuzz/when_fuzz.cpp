// SPDX-License-Identifier: Apache-2.0
// No text makes `when` crash, hang or overflow the stack.
#include <cstddef>
#include <cstdint>

#include "expr/when.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(wf::expr::should_execute(text));
  return 0;
}
