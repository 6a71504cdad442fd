// SPDX-License-Identifier: Apache-2.0
// expr/lang/parser.h: the text of an expression to its tree (expr-lang 1.17.8).
#pragma once
#include <functional>
#include <string_view>

#include "base/result.h"
#include "expr/lang/ast.h"

namespace wf::expr::lang {

// More nodes are refused, as expr-lang does.
inline constexpr int kNodesMax = 10'000;
// Deeper nesting is refused, so that trees can be walked by recursion.
inline constexpr int kNestingMax = 700;

// Whether the environment has a name, so that it hides a builtin function of that name.
using IsOverridden = std::function<bool(std::string_view name)>;

Result<Tree> parse(std::string_view source, const IsOverridden& is_overridden = nullptr);

}  // namespace wf::expr::lang
