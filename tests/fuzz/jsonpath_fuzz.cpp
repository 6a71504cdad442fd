// SPDX-License-Identifier: Apache-2.0
// No template makes kubectl's JSONPath crash or run away.
#include <cstddef>
#include <cstdint>

#include "expr/kube_jsonpath.h"
#include "json/text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const wf::json::Value object =
      *wf::json::parse(R"({"a":{"b":[{"c":1,"d":"x"},{"c":2}]},"e":null,"f":[[1,2],[3]],"g":1.5})");
  static_cast<void>(wf::expr::kubectl_jsonpath({reinterpret_cast<const char*>(data), size}, object));
  return 0;
}
