// SPDX-License-Identifier: Apache-2.0
// Any text as an expression: it must end with a value or an error, and a value must print.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "expr/argo_functions.h"
#include "expr/gofmt.h"
#include "expr/program.h"
#include "json/text.h"

namespace {

wf::expr::MapEnvironment environment() {
  using wf::expr::Any;
  wf::expr::Map values = wf::expr::argo_functions();
  values[Any("s")] = Any("text");
  values[Any("n")] = Any("42");
  const auto v =
      wf::json::parse(R"({"l":[3,1,2],"m":{"k":"x"},"t":true,"z":null,"f":2.5,"s":"Hello"})");
  values[Any("v")] = Any::from_json(*v);
  return wf::expr::MapEnvironment(std::move(values));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const wf::expr::MapEnvironment env = environment();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)wf::expr::mentions_of(text);
  const auto result = wf::expr::evaluate(text, env);
  if (!result.ok()) return 0;
  (void)wf::expr::format_value(*result);
  if (const auto json = result->to_json(); json.ok()) (void)wf::json::print(*json);
  return 0;
}
