// SPDX-License-Identifier: Apache-2.0
// Linting ends for every text, and what it finds has a printable form.
#include <cstddef>
#include <cstdint>

#include "validate/lint.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wf;
  const std::vector<validate::Source> sources{
      {"a.yaml", std::string(reinterpret_cast<const char*>(data), size)}};
  const auto result = validate::lint(sources, {});
  for (const auto& file : result.files) (void)validate::format(file, {});
  return 0;
}
