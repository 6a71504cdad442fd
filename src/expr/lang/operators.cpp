// SPDX-License-Identifier: Apache-2.0
#include "expr/lang/operators.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "expr/gofmt.h"
#include "expr/gomath.h"
#include "expr/gotime.h"
#include "expr/lang/members.h"

namespace wf::expr::lang {
namespace {

std::string_view symbol(Op op) {
  switch (op) {
    case Op::Less:
      return "<";
    case Op::Greater:
      return ">";
    case Op::GreaterEqual:
      return ">=";
    case Op::LessEqual:
      return "<=";
    case Op::Add:
      return "+";
    case Op::Subtract:
      return "-";
    case Op::Multiply:
      return "*";
    case Op::Divide:
      return "/";
    case Op::Modulo:
      return "%";
    default:
      return "?";
  }
}

Error invalid(Op op, const Any& a, const Any& b) {
  return Error(cat("invalid operation: ", a.type_name(), " ", symbol(op), " ", b.type_name()));
}

int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }

int64_t whole(Op op, int64_t a, int64_t b) {
  const auto x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  if (op == Op::Add) return wrap(x + y);
  return wrap(op == Op::Subtract ? x - y : x * y);
}

double real(Op op, double a, double b) {
  if (op == Op::Add) return a + b;
  return op == Op::Subtract ? a - b : a * b;
}

Result<Any> modulo(const Any& a, const Any& b) {
  if (!plain_number(a) || !plain_number(b) || a.is_float() || b.is_float())
    return invalid(Op::Modulo, a, b);
  if (b.as_int() == 0) return Error("runtime error: integer divide by zero");
  return Any(b.as_int() == -1 ? int64_t{0} : a.as_int() % b.as_int());
}

// Sums and differences of times and durations.
Result<Any> time_arithmetic(Op op, const Any& a, const Any& b) {
  if (a.is_time() && b.is_duration() && op != Op::Multiply) {
    return Any(add(a.as_time(), op == Op::Add ? b.as_int() : whole(Op::Subtract, 0, b.as_int())));
  }
  if (a.is_duration() && b.is_time() && op == Op::Add) return Any(add(b.as_time(), a.as_int()));
  if (a.is_time() && b.is_time() && op == Op::Subtract) {
    return Any::duration(difference(a.as_time(), b.as_time()));
  }
  if (a.is_duration() && b.is_duration()) return Any::duration(whole(op, a.as_int(), b.as_int()));
  if (op != Op::Multiply) return invalid(op, a, b);
  // A duration times a number: whole ones stay durations, others become float64.
  const bool numbers = (a.is_duration() && plain_number(b)) || (b.is_duration() && plain_number(a));
  if (!numbers) return invalid(op, a, b);
  if (a.is_float() || b.is_float()) return Any(a.as_number() * b.as_number());
  return Any::duration(whole(op, a.as_int(), b.as_int()));
}

// The types whose lists compare item by item with a []interface {}.
bool comparable_list(const Any& list) {
  const Kind item = list.type()->elem->kind;
  return list.kind() == Kind::Slice &&
         (item == Kind::Interface || item == Kind::String || is_integer(item) || is_float(item));
}

bool equal_items(const Any& a, const Any& b, bool (*same)(const Any&, const Any&)) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!same(a.at(i), b.at(i))) return false;
  }
  return true;
}

template <class T>
bool ordered(Op op, const T& a, const T& b) {
  switch (op) {
    case Op::Less:
      return a < b;
    case Op::Greater:
      return a > b;
    case Op::LessEqual:
      return a <= b;
    default:
      return a >= b;
  }
}

Error cannot_fetch(const Any& base, const Any& index) {
  return Error(cat("cannot fetch ", format_value(index), " from ", base.type_name()));
}

// Go's maps refuse keys that cannot be compared.
Result<void> hashable(const Any& key) {
  if (!key.is_list() && !key.is_map() && !key.is_function()) return {};
  if (key.kind() == Kind::Array) return {};
  return Error(cat("runtime error: hash of unhashable type ", key.type_name()));
}

Result<Any> fetch_member(const Any& map, const Any& index) {
  const Any key = index.is_nil() && map.type()->key->kind == Kind::String ? Any("") : index;
  if (map.type()->key->kind == Kind::String && !key.is(types::kString)) {
    return Error(cat("reflect.Value.MapIndex: value of type ", key.type_name(),
                     " is not assignable to type string"));
  }
  TRY_DO(hashable(key));
  if (const Any* found = map.find(key)) return *found;
  const Type& item = *map.type()->elem;
  if (item.kind == Kind::String) return Any("");
  return item.kind == Kind::Interface ? Any() : Any::typed_nil(item);
}

}  // namespace

bool plain_number(const Any& value) {
  return value.is_number() && value.type_name() == name_of(value.kind());
}

bool is_nil(const Any& value) {
  if (value.is_nil()) return true;
  const Kind kind = value.kind();
  const bool may = kind == Kind::Slice || kind == Kind::Map ||
                   (kind == Kind::Pointer && !value.is(types::kLocation));
  return may && value.is_typed_nil();
}

bool deep_equal(const Any& a, const Any& b) {
  if (a.type() != b.type()) return false;
  switch (a.kind()) {
    case Kind::Invalid:
      return true;
    case Kind::Slice:
    case Kind::Array:
      return is_nil(a) == is_nil(b) && equal_items(a, b, deep_equal);
    case Kind::Map: {
      const Map &x = a.members(), &y = b.members();
      if (is_nil(a) != is_nil(b) || x.size() != y.size()) return false;
      return std::equal(x.begin(), x.end(), y.begin(), [](const auto& p, const auto& q) {
        return deep_equal(p.first, q.first) && deep_equal(p.second, q.second);
      });
    }
    case Kind::Func:
      return false;
    case Kind::String:
      return a.as_string() == b.as_string();
    case Kind::Bool:
      return a.as_bool() == b.as_bool();
    case Kind::Struct:
    case Kind::Pointer:
      if (a.is_time()) return compare(a.as_time(), b.as_time()) == 0;
      return format_value(a) == format_value(b);
    default:
      return a.is_float() ? a.as_float() == b.as_float() : a.as_int() == b.as_int();
  }
}

bool equal(const Any& a, const Any& b) {
  if (plain_number(a) && plain_number(b)) {
    if (a.is_float() || b.is_float()) return a.as_number() == b.as_number();
    return a.as_int() == b.as_int();
  }
  if (a.is_time() && b.is_time()) return compare(a.as_time(), b.as_time()) == 0;
  if (a.is_list() && b.is_list() && comparable_list(a) && comparable_list(b)) {
    const bool any = a.is(types::kAnySlice) || b.is(types::kAnySlice);
    if (any || a.type() == b.type()) return equal_items(a, b, equal);
  }
  if (is_nil(a) && is_nil(b)) return true;
  return deep_equal(a, b);
}

Result<bool> compare(Op op, const Any& a, const Any& b) {
  if (plain_number(a) && plain_number(b)) {
    if (a.is_float() || b.is_float()) return ordered(op, a.as_number(), b.as_number());
    return ordered(op, a.as_int(), b.as_int());
  }
  if (a.is_string() && b.is_string()) return ordered(op, a.as_string(), b.as_string());
  if (a.is_duration() && b.is_duration()) return ordered(op, a.as_int(), b.as_int());
  if (a.is_time() && b.is_time()) {
    const auto order = compare(a.as_time(), b.as_time());
    return ordered(op, order < 0 ? -1 : order > 0 ? 1 : 0, 0);
  }
  return invalid(op, a, b);
}

Result<Any> arithmetic(Op op, const Any& a, const Any& b) {
  if (op == Op::Modulo) return modulo(a, b);
  if (op == Op::Power) {
    TRY(const double x, to_float(a));
    TRY(const double y, to_float(b));
    return Any(power(x, y));
  }
  if (plain_number(a) && plain_number(b)) {
    if (op == Op::Divide) return Any(a.as_number() / b.as_number());
    if (a.is_float() || b.is_float()) return Any(real(op, a.as_number(), b.as_number()));
    return Any(whole(op, a.as_int(), b.as_int()));
  }
  if (op == Op::Add && a.is_string() && b.is_string()) {
    if (a.size() + b.size() > kTextMax) return Error("memory budget exceeded");
    return Any(cat(a.as_string(), b.as_string()));
  }
  if (op == Op::Divide) return invalid(op, a, b);
  return time_arithmetic(op, a, b);
}

Result<Any> negate(const Any& value) {
  if (!plain_number(value)) return Error(cat("invalid operation: - ", value.type_name()));
  if (value.is_float()) return Any::real(-value.as_float(), *value.type());
  const int64_t negated = whole(Op::Subtract, 0, value.as_int());
  switch (value.kind()) {  // wraps at its own width
    case Kind::Int8:
      return Any::integer(static_cast<int8_t>(negated), *value.type());
    case Kind::Int16:
      return Any::integer(static_cast<int16_t>(negated), *value.type());
    case Kind::Int32:
      return Any::integer(static_cast<int32_t>(negated), *value.type());
    case Kind::Uint8:
      return Any::integer(static_cast<uint8_t>(negated), *value.type());
    case Kind::Uint16:
      return Any::integer(static_cast<uint16_t>(negated), *value.type());
    case Kind::Uint32:
      return Any::integer(static_cast<uint32_t>(negated), *value.type());
    default:
      return Any::integer(negated, *value.type());
  }
}

Result<bool> contains(const Any& needle, const Any& hay, const Type* key_type) {
  if (hay.is_nil()) return false;
  if (key_type && !needle.is_nil() && !needle.is(*key_type)) {
    return Error(cat("reflect.Value.MapIndex: value of type ", needle.type_name(),
                     " is not assignable to type ", key_type->name));
  }
  if (hay.is_list()) {
    const bool zero = key_type && needle.is_nil();
    const Any sought = !zero ? needle : key_type == &types::kString ? Any("") : Any(0);
    for (size_t i = 0; i < hay.size(); ++i) {
      if (equal(hay.at(i), sought)) return true;
    }
    return false;
  }
  if (hay.is_map()) {
    const bool texts = hay.type()->key->kind == Kind::String;
    if (texts && needle.is_nil()) return hay.find(std::string_view()) != nullptr;
    if (texts && !needle.is(types::kString)) {
      return Error(cat("reflect.Value.MapIndex: value of type ", needle.type_name(),
                       " is not assignable to type string"));
    }
    TRY_DO(hashable(needle));
    return hay.find(needle) != nullptr;
  }
  if (hay.kind() == Kind::Struct || hay.is(types::kLocation)) {
    if (!needle.is_string()) {
      return Error(cat("cannot use ", needle.type_name(), " as field name of ", hay.type_name()));
    }
    const Struct* fields = hay.as_structure();
    const auto found = fields ? fields->member(needle.as_string()) : std::nullopt;
    return found && !found->is_function();
  }
  return Error(cat("operator \"in\" not defined on ", hay.type_name()));
}

Result<Any> fetch(const Any& base, const Any& index) {
  if (base.is_nil()) return cannot_fetch(base, index);
  if (index.is_string()) {
    if (auto found = member_of(base, index.as_string())) return std::move(*found);
  }
  if (base.is_list() || base.is_string()) {
    TRY(int64_t at, to_int(index));
    const auto size = static_cast<int64_t>(base.size());
    if (at < 0) at += size;
    if (at < 0 || at >= size) {
      return Error(cat("index out of range: ", at, " (array length is ", size, ")"));
    }
    return base.at(static_cast<size_t>(at));
  }
  if (base.is_map()) return fetch_member(base, index);
  return cannot_fetch(base, index);
}

Result<Any> slice(const Any& base, const Any& from, const Any& to) {
  if (!base.is_list() && !base.is_string()) return Error(cat("cannot slice ", format_value(from)));
  const auto size = static_cast<int64_t>(base.size());
  TRY(int64_t a, to_int(from));
  TRY(int64_t b, to_int(to));
  if (a < 0) a = std::max<int64_t>(0, a + size);
  if (b < 0) b = std::max<int64_t>(0, b + size);
  b = std::min(b, size);
  a = std::min(a, b);
  const auto start = static_cast<size_t>(a), length = static_cast<size_t>(b - a);
  if (base.is_string()) return Any(base.as_string().substr(start, length));
  if (base.is_bytes()) return Any::bytes(std::string(base.as_string().substr(start, length)));
  const auto first = base.items().begin() + a;
  const bool array = base.kind() == Kind::Array;
  return Any::list(List(first, first + (b - a)), array ? types::kAnySlice : *base.type());
}

Result<int64_t> to_int(const Any& value) {
  if (!plain_number(value)) return Error(cat("invalid operation: int(", value.type_name(), ")"));
  return value.is_float() ? truncated(value.as_float()) : value.as_int();
}

Result<double> to_float(const Any& value) {
  if (!plain_number(value)) return Error(cat("invalid operation: float(", value.type_name(), ")"));
  return value.as_number();
}

int64_t truncated(double value) {
  constexpr double kLimit = 9223372036854775808.0;
  if (value >= -kLimit && value < kLimit) return static_cast<int64_t>(value);
  return std::numeric_limits<int64_t>::min();
}

}  // namespace wf::expr::lang
