// SPDX-License-Identifier: Apache-2.0
// expr/lang/builtins.h: the functions of expr-lang 1.17 itself, other than the loops over lists,
// which lang/evaluate_loops.cpp knows.
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "expr/any.h"
#include "expr/functions.h"
#include "expr/lang/ast.h"
#include "expr/lang/budget.h"

namespace wf::expr::lang {

struct BuiltinCall {
  Arguments arguments;
  Budget& budget;
  std::optional<Time> now;  // nothing where the caller has no clock
};

struct Overload {
  std::vector<const Type*> params;
  const Type* result;
};

struct Builtin {
  std::string_view name;
  // What arguments it takes: the first overload that fits gives the result's type. Without
  // overloads `check` decides; its error is that of the call.
  std::vector<Overload> overloads;
  Result<Nature> (*check)(std::string_view name, std::span<const Nature> arguments);
  Result<Any> (*call)(BuiltinCall& call);
};

// Null where there is none; loops are not among them.
const Builtin* builtin_named(std::string_view name);
// The loops too: all, map, reduce …
bool is_builtin_name(std::string_view name);

// The tables that builtin_named looks in.
std::span<const Builtin> text_builtins();
std::span<const Builtin> number_builtins();
std::span<const Builtin> list_builtins();
std::span<const Builtin> time_builtins();

// int() and float() of numbers and texts; also Argo's asInt and asFloat.
Result<Any> int_of(const Any& value);
Result<Any> float_of(const Any& value);

// `items` ordered by `values`, one for each. Fails where two have no order.
Result<Any> sorted(const List& items, const List& values, bool descending);

// reflect.Kind of an argument as checks see it: Interface where unknown, Invalid for nil.
Kind kind_of(const Nature& nature);
Nature nature_of(const Type& type);
std::string_view type_name(const Nature& nature);

}  // namespace wf::expr::lang
