// SPDX-License-Identifier: Apache-2.0
// expr/functions.h: functions that expressions can call as values, with the Go signature that
// decides which arguments they take.
// The caller (expr/lang) has checked the arguments against the signature before `call` sees them:
// their number, and that each is of its parameter's type (parameters of type kAny take all). A nil
// argument arrives as the zero value of its parameter's type ("" for kString, an empty typed list).
// A Go panic or error return is an Error with the same text; it ends the evaluation.
// Functions make no text longer than kTextMax and no list longer than kListMax: they fail instead.
#pragma once
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "expr/any.h"

namespace wf::expr {

inline constexpr size_t kTextMax = 16 << 20;
inline constexpr size_t kListMax = 1'000'000;

using Arguments = std::span<const Any>;

struct Function {
  std::string name;
  std::vector<const Type*> params;  // with variadic, the last is the type of each further argument
  bool variadic = false;
  const Type* result = &types::kAny;  // declared result; kAny where it is not known before the call
  std::function<Result<Any>(Arguments)> call;
};

// Calls with the checks above: "invalid number of arguments: expected 2, got 1", "reflect: Call
// using int as type string".
Result<Any> checked_call(const Function& function, std::vector<Any> arguments);

// Functions under their names; a member of the environment such as `sprig` is a map of these.
using FunctionTable = std::vector<Function>;
Map to_map(FunctionTable functions);

}  // namespace wf::expr
