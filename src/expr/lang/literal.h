// SPDX-License-Identifier: Apache-2.0
// expr/lang/literal.h: what literals of expressions stand for.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "expr/any.h"

namespace wf::expr::lang {

enum class LiteralKind { Text, Bytes };
// The text between the quotes, which are of kind `quote`.
Result<std::string> unescape(std::string_view body, char quote, LiteralKind kind);

// An int or a float64: 10, 0x1f, 0b101, 0o17, 1_000, 1.5, .5, 1e3.
Result<Any> number_of(std::string_view text);

}  // namespace wf::expr::lang
