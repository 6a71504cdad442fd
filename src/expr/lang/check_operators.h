// SPDX-License-Identifier: Apache-2.0
// expr/lang/check_operators.h: which types operators take, and what they give. For check.cpp.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "expr/lang/ast.h"

namespace wf::expr::lang {

// The result's nature; an error without place: "invalid operation: + (mismatched types int and
// string)". `written` is the operator as it stands in the text.
Result<Nature> operation(Op op, std::string_view written, const Nature& left, const Nature& right);

// Of a number type of the language itself: not a duration, not a month.
bool is_plain(const Type& type);
bool is_plain_number(const Nature& nature);
bool is_plain_integer(const Nature& nature);
// Whether Go lets a value of `from` be stored in a variable of `to`.
bool assignable(const Nature& from, const Nature& to);

std::string shown(const Nature& nature);  // "int", "unknown"

}  // namespace wf::expr::lang
