// SPDX-License-Identifier: Apache-2.0
// expr/lang/operators.h: what the operators of expr-lang do with values, typed as in Go: integers
// of any size become int, whole overflow wraps, `/` and `**` give float64. Errors in expr-lang's
// words: "invalid operation: string + int".
#pragma once
#include "base/result.h"
#include "expr/any.h"
#include "expr/lang/ast.h"

namespace wf::expr::lang {

bool equal(const Any& a, const Any& b);
// reflect.DeepEqual: the types must be the same too.
bool deep_equal(const Any& a, const Any& b);
// nil, and nil lists, maps and pointers.
bool is_nil(const Any& value);

// Less, Greater, GreaterEqual, LessEqual.
Result<bool> compare(Op op, const Any& a, const Any& b);
// Add, Subtract, Multiply, Divide, Modulo, Power.
Result<Any> arithmetic(Op op, const Any& a, const Any& b);
Result<Any> negate(const Any& value);
// b in a list, map or struct; `key_type` is what b must be where the list was written as literals.
Result<bool> contains(const Any& needle, const Any& hay, const Type* key_type);
// base[index] and base.member.
Result<Any> fetch(const Any& base, const Any& index);
Result<Any> slice(const Any& base, const Any& from, const Any& to);

// int(x) of any number; "invalid operation: int(string)".
Result<int64_t> to_int(const Any& value);
Result<double> to_float(const Any& value);
// A Go conversion of a float64 to int, which never traps: what amd64 gives for what does not fit.
int64_t truncated(double value);
// Whether it is of a number type of the language itself, which excludes durations and months.
bool plain_number(const Any& value);

}  // namespace wf::expr::lang
