// SPDX-License-Identifier: Apache-2.0
// engine/detail/expressions.h: the engine's few uses of bare expressions (XPR-11, XPR-12).
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "expr/any.h"
#include "expr/scope.h"

namespace wf::engine {

// Any value; errors are the language's.
Result<expr::Any> evaluate(std::string_view expression, const expr::Scope& scope);
// valueFrom.expression: as text, nil being an error (XPR-12).
Result<std::string> evaluate_text(std::string_view expression, const expr::Scope& scope);
// Hooks, retry expressions: must be a boolean.
Result<bool> evaluate_bool(std::string_view expression, const expr::Scope& scope);

}  // namespace wf::engine
