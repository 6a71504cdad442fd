// SPDX-License-Identifier: Apache-2.0
#include "engine/detail/expressions.h"

#include "base/text.h"
#include "expr/gofmt.h"
#include "expr/scope_environment.h"

namespace wf::engine {

Result<expr::Any> evaluate(std::string_view expression, const expr::Scope& scope) {
  return expr::evaluate(expression, scope);
}

Result<std::string> evaluate_text(std::string_view expression, const expr::Scope& scope) {
  TRY(const expr::Any value, expr::evaluate(expression, scope));
  if (value.is_nil()) return Error(cat("failed to evaluate expression ", go_quote(expression)));
  return expr::format_value(value);
}

Result<bool> evaluate_bool(std::string_view expression, const expr::Scope& scope) {
  return expr::eval_bool(expression, scope);
}

}  // namespace wf::engine
