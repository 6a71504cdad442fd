// SPDX-License-Identifier: Apache-2.0
#include "expr/functions.h"

#include "base/text.h"
#include "expr/gotime.h"

namespace wf::expr {
namespace {

// The zero value of a type, as reflect.Zero gives it.
Any zero_of(const Type& type) {
  switch (type.kind) {
    case Kind::Interface:
      return {};
    case Kind::Bool:
      return false;
    case Kind::String:
      return "";
    case Kind::Float32:
    case Kind::Float64:
      return Any::real(0, type);
    case Kind::Struct:
      return type.name == types::kTime.name ? Any(zero_time()) : Any::typed_nil(type);
    default:
      return is_integer(type.kind) ? Any::integer(0, type) : Any::typed_nil(type);
  }
}

bool assignable(const Any& value, const Type& param) {
  if (param.kind == Kind::Interface) return &param == &types::kAny;
  return value.is(param) || value.type_name() == param.name;
}

}  // namespace

Result<Any> checked_call(const Function& function, std::vector<Any> arguments) {
  const size_t fixed = function.params.size() - (function.variadic ? 1 : 0);
  const size_t given = arguments.size();
  if (function.variadic ? given < fixed : given != fixed) {
    return Error(cat("invalid number of arguments: expected ", function.variadic ? "at least " : "",
                     fixed, ", got ", given));
  }
  for (size_t i = 0; i < given; ++i) {
    const Type& param = *function.params[std::min(i, function.params.size() - 1)];
    if (arguments[i].is_nil()) {
      arguments[i] = zero_of(param);
    } else if (!assignable(arguments[i], param)) {
      const std::string_view given_type = arguments[i].type_name();
      if (i < fixed) return Error(cat("reflect: Call using ", given_type, " as type ", param.name));
      return Error(cat("reflect: cannot use ", given_type, " as type ", param.name, " in Call"));
    }
  }
  return function.call(arguments);
}

Map to_map(FunctionTable functions) {
  Map out;
  for (Function& f : functions) {
    std::string name = f.name;
    out.insert_or_assign(Any(std::move(name)), Any(std::move(f)));
  }
  return out;
}

}  // namespace wf::expr
