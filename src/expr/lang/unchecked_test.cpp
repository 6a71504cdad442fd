// SPDX-License-Identifier: Apache-2.0
// Arguments of functions that are known at run time only are not checked before.
#include <gtest/gtest.h>

#include "expr/argo_functions.h"
#include "expr/gofmt.h"
#include "expr/program.h"

namespace wf::expr {
namespace {

std::string answer(std::string_view expression) {
  const auto result = evaluate(expression, MapEnvironment(argo_functions()));
  if (result.ok()) return format_value(*result);
  const std::string& message = result.error().message();
  return "error: " + message.substr(0, message.find(" ("));
}

TEST(UncheckedArguments, RunAsTheyAre) {
  const char* rows[][2] = {
      {"sprig.toString(1.5 .. 2.5)", "[1 2]"},
      {"1.5 .. 2.5", "error: invalid operation: .."},
      {"sprig.ternary(1 == \"1\", 2, true)", "false"},
      {"1 == \"1\"", "error: invalid operation: =="},
      {"sprig.toString(\"abc\"[0])", "97"},
      {"sprig.list(+\"a\")", "[a]"},
      {"sprig.default(\"d\", missing)", "d"},
      {"toJson(missing)", "error: unknown name missing"},
      {"sprig.list(let x = 2; map(1..x, # * x))", "[[2 4]]"},
      {"let x = 3; sprig.add(x, (let y = x; y))", "6"},
      {"map([1], sprig.add(#, #index))", "[1]"},
      {"sprig.list(\"a\" matches \"[\")", "error: error parsing regexp: missing closing ]: `[`"},
  };
  for (const auto& [expression, text] : rows) EXPECT_EQ(answer(expression), text) << expression;
}

}  // namespace
}  // namespace wf::expr
