// SPDX-License-Identifier: Apache-2.0
// Functions on numbers: rounding, conversions, aggregates, bits.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "expr/gofmt.h"
#include "expr/gofmt_number.h"
#include "expr/lang/builtins.h"
#include "expr/lang/operators.h"

namespace wf::expr::lang {
namespace {

using namespace types;

Error count_error(std::string_view expected, size_t got) {
  return Error(cat("invalid number of arguments (expected ", expected, ", got ", got, ")"));
}
Error argument_error(std::string_view name, std::string_view type) {
  return Error(cat("invalid argument for ", name, " (type ", type, ")"));
}

bool numeric(Kind kind) { return is_integer(kind) || is_float(kind) || kind == Kind::Interface; }

Result<Nature> check_abs(std::string_view name, std::span<const Nature> arguments) {
  if (arguments.size() != 1) return count_error("1", arguments.size());
  if (!numeric(kind_of(arguments[0]))) return argument_error(name, type_name(arguments[0]));
  return arguments[0];
}

Result<Nature> check_round(std::string_view name, std::span<const Nature> arguments) {
  TRY_DO(check_abs(name, arguments));
  return nature_of(kFloat64);
}

Result<Nature> check_conversion(std::string_view name, std::span<const Nature> arguments) {
  if (arguments.size() != 1) return count_error("1", arguments.size());
  const Kind kind = kind_of(arguments[0]);
  if (!numeric(kind) && kind != Kind::String) return argument_error(name, type_name(arguments[0]));
  return nature_of(name == "int" ? kInt : kFloat64);
}

Result<Nature> check_aggregate(std::string_view name, std::span<const Nature> arguments) {
  if (arguments.empty()) return Error(cat("not enough arguments to call ", name));
  for (const Nature& argument : arguments) {
    const Kind kind = kind_of(argument);
    if (kind == Kind::Interface || is_list(kind)) return nature_of(kAny);
    if (!numeric(kind)) return argument_error(name, type_name(argument));
  }
  return arguments[0];
}

Result<Any> abs_of(BuiltinCall& call) {
  const Any& x = call.arguments[0];
  if (!plain_number(x)) return argument_error("abs", x.type_name());
  if (is_unsigned(x.kind()) || x.as_number() >= 0) return x;
  return negate(x);
}

Result<Any> rounded(BuiltinCall& call, std::string_view name, double (*round)(double)) {
  const Any& x = call.arguments[0];
  if (!plain_number(x)) return argument_error(name, x.type_name());
  return Any(x.is_float() ? round(x.as_float()) : x.as_number());
}

// The largest or smallest of all numbers in the arguments, lists included; nil where there is none.
Result<Any> extreme(std::string_view name, Op worse, std::span<const Any> values, bool top) {
  Any best;
  for (const Any& value : values) {
    Any found = value;
    if (value.is_list()) {
      List bytes;
      for (size_t i = 0; value.is_bytes() && i < value.size(); ++i) bytes.push_back(value.at(i));
      TRY(found, extreme(name, worse, value.is_bytes() ? bytes : value.items(), false));
      if (found.is_nil()) continue;
    } else if (!value.is_number()) {
      if (top && values.size() == 1) return value;
      return argument_error(name, value.type_name());
    }
    if (best.is_nil()) {
      best = found;
      continue;
    }
    TRY(const bool replace, compare(worse, best, found));
    if (replace) best = found;
  }
  return best;
}

Result<void> collect(std::string_view name, std::span<const Any> values, std::vector<double>& out) {
  for (const Any& value : values) {
    if (value.is_bytes()) {
      for (size_t i = 0; i < value.size(); ++i) out.push_back(value.at(i).as_number());
    } else if (value.is_list()) {
      TRY_DO(collect(name, value.items(), out));
    } else if (value.is_number()) {
      out.push_back(value.as_number());
    } else {
      return argument_error(name, value.type_name());
    }
  }
  return {};
}

Result<Any> mean_of(BuiltinCall& call) {
  std::vector<double> values;
  TRY_DO(collect("mean", call.arguments, values));
  double total = 0;
  for (const double value : values) total += value;
  return Any(values.empty() ? 0.0 : total / static_cast<double>(values.size()));
}

Result<Any> median_of(BuiltinCall& call) {
  std::vector<double> values;
  TRY_DO(collect("median", call.arguments, values));
  if (values.empty()) return Any(0.0);
  // NaN first, as sort.Float64s orders them.
  std::sort(values.begin(), values.end(),
            [](double a, double b) { return a < b || (std::isnan(a) && !std::isnan(b)); });
  const size_t n = values.size();
  return Any(n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2);
}

Result<int64_t> bits_argument(const Any& value, std::string_view name) {
  if (plain_number(value) && value.is_integer()) return value.as_int();
  return Error(cat("cannot use ", value.type_name(), " as argument (type int) to call ", name));
}

template <class Combine>
Result<Any> bits(BuiltinCall& call, std::string_view name, Combine combine) {
  TRY(const int64_t x, bits_argument(call.arguments[0], name));
  TRY(const int64_t y, bits_argument(call.arguments[1], name));
  return Any(static_cast<int64_t>(combine(static_cast<uint64_t>(x), static_cast<uint64_t>(y))));
}

enum class Shift { Left, Right, Unsigned };
Result<Any> shifted(BuiltinCall& call, std::string_view name, Shift shift) {
  TRY(const int64_t x, bits_argument(call.arguments[0], name));
  TRY(const int64_t count, bits_argument(call.arguments[1], name));
  if (count < 0)
    return Error(cat("invalid operation: negative shift count ", count, " (type int)"));
  const auto value = static_cast<uint64_t>(x);
  if (shift == Shift::Right)
    return Any(count > 63 ? (x < 0 ? int64_t{-1} : int64_t{0}) : x >> count);
  if (count > 63) return Any(0);
  return Any(static_cast<int64_t>(shift == Shift::Left ? value << count : value >> count));
}

}  // namespace

Result<Any> int_of(const Any& value) {
  if (value.is_float()) return Any(truncated(value.as_float()));
  if (value.is_integer()) return Any(value.as_int());
  if (!value.is_string()) return Error(cat("invalid operation: int(", value.type_name(), ")"));
  const auto parsed = atoi(value.as_string());
  if (parsed.error) return Error(cat("invalid operation: int(", value.as_string(), ")"));
  return Any(parsed.value);
}

Result<Any> float_of(const Any& value) {
  if (plain_number(value)) return Any(value.as_number());
  if (!value.is_string()) return Error(cat("invalid operation: float(", value.type_name(), ")"));
  const auto parsed = parse_float(value.as_string());
  if (parsed.error) return Error(cat("invalid operation: float(", value.as_string(), ")"));
  return Any(parsed.value);
}

std::span<const Builtin> number_builtins() {
  static const std::vector<Builtin> table = {
      {"abs", {}, check_abs, abs_of},
      {"ceil", {}, check_round, [](BuiltinCall& c) { return rounded(c, "ceil", std::ceil); }},
      {"floor", {}, check_round, [](BuiltinCall& c) { return rounded(c, "floor", std::floor); }},
      {"round", {}, check_round, [](BuiltinCall& c) { return rounded(c, "round", std::round); }},
      {"int", {}, check_conversion, [](BuiltinCall& c) { return int_of(c.arguments[0]); }},
      {"float", {}, check_conversion, [](BuiltinCall& c) { return float_of(c.arguments[0]); }},
      {"max",
       {},
       check_aggregate,
       [](BuiltinCall& c) { return extreme("max", Op::Less, c.arguments, true); }},
      {"min",
       {},
       check_aggregate,
       [](BuiltinCall& c) { return extreme("min", Op::Greater, c.arguments, true); }},
      {"mean", {}, check_aggregate, mean_of},
      {"median", {}, check_aggregate, median_of},
      {"bitand",
       {{{&kInt, &kInt}, &kInt}},
       nullptr,
       [](BuiltinCall& c) {
         return bits(c, "bitand", [](uint64_t x, uint64_t y) { return x & y; });
       }},
      {"bitor",
       {{{&kInt, &kInt}, &kInt}},
       nullptr,
       [](BuiltinCall& c) {
         return bits(c, "bitor", [](uint64_t x, uint64_t y) { return x | y; });
       }},
      {"bitxor",
       {{{&kInt, &kInt}, &kInt}},
       nullptr,
       [](BuiltinCall& c) {
         return bits(c, "bitxor", [](uint64_t x, uint64_t y) { return x ^ y; });
       }},
      {"bitnand",
       {{{&kInt, &kInt}, &kInt}},
       nullptr,
       [](BuiltinCall& c) {
         return bits(c, "bitnand", [](uint64_t x, uint64_t y) { return x & ~y; });
       }},
      {"bitnot",
       {{{&kInt}, &kInt}},
       nullptr,
       [](BuiltinCall& c) -> Result<Any> {
         TRY(const int64_t x, bits_argument(c.arguments[0], "bitnot"));
         return Any(~x);
       }},
      {"bitshl",
       {{{&kInt, &kInt}, &kInt}},
       nullptr,
       [](BuiltinCall& c) { return shifted(c, "bitshl", Shift::Left); }},
      {"bitshr",
       {{{&kInt, &kInt}, &kInt}},
       nullptr,
       [](BuiltinCall& c) { return shifted(c, "bitshr", Shift::Right); }},
      {"bitushr",
       {{{&kInt, &kInt}, &kInt}},
       nullptr,
       [](BuiltinCall& c) { return shifted(c, "bitushr", Shift::Unsigned); }},
  };
  return table;
}

}  // namespace wf::expr::lang
