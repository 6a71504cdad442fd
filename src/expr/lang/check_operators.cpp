// SPDX-License-Identifier: Apache-2.0
#include "expr/lang/check_operators.h"

#include "base/text.h"
#include "expr/lang/builtins.h"

namespace wf::expr::lang {
namespace {

using namespace types;

bool is_text(const Nature& n) { return n.kind() == Kind::String; }
bool is_bool(const Nature& n) { return n.kind() == Kind::Bool; }
bool is_time(const Nature& n) { return n.is(kTime); }
bool is_duration(const Nature& n) { return n.is(kDuration); }
bool has_items(const Nature& n) { return is_list(n.kind()); }

using Test = bool (*)(const Nature&);

template <class... Tests>
bool any_of(const Nature& n, Tests... tests) {
  return (tests(n) || ...);
}

// Whether both may turn out to fit when the expression runs: one is unknown, and the other unknown
// too or of a type that some test takes.
template <class... Tests>
bool maybe(const Nature& left, const Nature& right, Tests... tests) {
  if (left.unknown()) return right.unknown() || any_of(right, tests...);
  return right.unknown() && any_of(left, tests...);
}

template <class... Tests>
bool both(const Nature& left, const Nature& right, Tests... tests) {
  return ((tests(left) && tests(right)) || ...);
}

bool comparable(const Nature& left, const Nature& right) {
  if (left.unknown() || right.unknown() || left.nil || right.nil) return true;
  return both(left, right, Test(is_plain_number), Test(is_duration), Test(is_time),
              Test(has_items)) ||
         assignable(left, right);
}

Nature number_of_both(const Nature& left, const Nature& right) {
  return nature_of(is_float(left.kind()) || is_float(right.kind()) ? kFloat64 : kInt);
}

// Sums, differences and products; nothing where the types do not fit.
std::optional<Nature> arithmetic_nature(Op op, const Nature& left, const Nature& right) {
  if (both(left, right, Test(is_plain_number))) return number_of_both(left, right);
  if (op == Op::Multiply) {
    const bool scaled = (is_plain_number(left) && is_duration(right)) ||
                        (is_duration(left) && is_plain_number(right));
    if (scaled || both(left, right, Test(is_duration))) return nature_of(kDuration);
    if (maybe(left, right, Test(is_plain_number), Test(is_duration))) return Nature{};
    return std::nullopt;
  }
  if (both(left, right, Test(is_duration))) return nature_of(kDuration);
  if (is_time(left) && is_duration(right)) return nature_of(kTime);
  if (op == Op::Subtract) {
    if (both(left, right, Test(is_time))) return nature_of(kDuration);
    if (maybe(left, right, Test(is_plain_number), Test(is_time), Test(is_duration)))
      return Nature{};
    return std::nullopt;
  }
  if (is_duration(left) && is_time(right)) return nature_of(kTime);
  if (both(left, right, Test(is_text))) return nature_of(kString);
  if (maybe(left, right, Test(is_plain_number), Test(is_text), Test(is_time), Test(is_duration)))
    return Nature{};
  return std::nullopt;
}

Result<std::optional<Nature>> in_nature(const Nature& left, const Nature& right) {
  using Found = std::optional<Nature>;
  const bool fields = right.kind() == Kind::Struct || right.is(kLocation);
  if ((is_text(left) || left.unknown()) && fields) return Found(nature_of(kBool));
  if (right.kind() == Kind::Map) {
    const Type& key = *right.type->key;
    if (!left.unknown() && !assignable(left, nature_of(key))) {
      return Error(cat("cannot use ", shown(left), " as type ", key.name, " in map key"));
    }
    return Found(nature_of(kBool));
  }
  if (has_items(right)) {
    const Nature item = right.items ? *right.items : nature_of(*right.type->elem);
    if (!comparable(left, item)) {
      return Error(cat("cannot use ", shown(left), " as type ", shown(item), " in array"));
    }
    return Found(nature_of(kBool));
  }
  if (left.unknown() && is_text(right)) return Found(nature_of(kBool));
  return right.unknown() ? Found(nature_of(kBool)) : std::nullopt;
}

Nature coalesced(const Nature& left, const Nature& right) {
  if (left.nil) return right;
  if (right.nil) return left;
  return assignable(right, left) ? left : Nature{};
}

std::optional<Nature> given(bool fits, const Type& type) {
  return fits ? std::optional<Nature>(nature_of(type)) : std::nullopt;
}

Result<std::optional<Nature>> result_of(Op op, const Nature& left, const Nature& right) {
  const Test number = is_plain_number, integer = is_plain_integer;
  switch (op) {
    case Op::Equal:
    case Op::NotEqual:
      return given(comparable(left, right), kBool);
    case Op::Or:
    case Op::And:
      return given(both(left, right, Test(is_bool)) || maybe(left, right, Test(is_bool)), kBool);
    case Op::Less:
    case Op::Greater:
    case Op::GreaterEqual:
    case Op::LessEqual:
      return given(both(left, right, number, Test(is_text), Test(is_time), Test(is_duration)) ||
                       maybe(left, right, number, Test(is_text), Test(is_time), Test(is_duration)),
                   kBool);
    case Op::Add:
    case Op::Subtract:
    case Op::Multiply:
      return arithmetic_nature(op, left, right);
    case Op::Divide:
    case Op::Power:
      return given(both(left, right, number) || maybe(left, right, number), kFloat64);
    case Op::Modulo:
      return given(both(left, right, integer) || maybe(left, right, integer), kInt);
    case Op::Range: {
      const bool fits = both(left, right, integer) || maybe(left, right, integer);
      if (!fits) return std::optional<Nature>();
      return std::optional<Nature>(
          Nature{.type = &kAnySlice, .items = std::make_shared<const Nature>(nature_of(kInt))});
    }
    case Op::Matches: {
      const bool texts = (is_text(left) || left.is(kBytes)) && is_text(right);
      return given(texts || maybe(left, right, Test(is_text)), kBool);
    }
    case Op::Contains:
    case Op::StartsWith:
    case Op::EndsWith:
      return given(both(left, right, Test(is_text)) || maybe(left, right, Test(is_text)), kBool);
    case Op::In:
      return in_nature(left, right);
    case Op::Coalesce:
      return std::optional<Nature>(coalesced(left, right));
    default:
      return std::optional<Nature>();
  }
}

}  // namespace

bool is_plain(const Type& type) { return type.name == name_of(type.kind); }
bool is_plain_number(const Nature& n) {
  return n.type && (is_integer(n.kind()) || is_float(n.kind())) && is_plain(*n.type);
}
bool is_plain_integer(const Nature& n) { return is_plain_number(n) && is_integer(n.kind()); }

bool assignable(const Nature& from, const Nature& to) {
  if (from.nil) {
    const Kind kind = to.kind();
    return kind == Kind::Pointer || kind == Kind::Interface || kind == Kind::Func ||
           kind == Kind::Map || kind == Kind::Slice;
  }
  if (!from.type || !to.type) return false;
  return to.kind() == Kind::Interface || from.type == to.type;
}

std::string shown(const Nature& nature) {
  return std::string(nature.type ? nature.type->name : "unknown");
}

Result<Nature> operation(Op op, std::string_view written, const Nature& left, const Nature& right) {
  TRY(std::optional<Nature> result, result_of(op, left, right));
  if (result) return std::move(*result);
  return Error(cat("invalid operation: ", written, " (mismatched types ", shown(left), " and ",
                   shown(right), ")"));
}

}  // namespace wf::expr::lang
