// SPDX-License-Identifier: Apache-2.0
// Functions on lists and maps, and those that ask what a value is.
#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/gofmt.h"
#include "expr/lang/builtins.h"
#include "expr/lang/members.h"
#include "expr/lang/operators.h"

namespace wf::expr::lang {
namespace {

using namespace types;

Error count_error(std::string_view expected, size_t got) {
  return Error(cat("invalid number of arguments (expected ", expected, ", got ", got, ")"));
}

bool may_be_list(const Nature& n) { return is_list(kind_of(n)) || kind_of(n) == Kind::Interface; }
bool may_be_map(const Nature& n) {
  return kind_of(n) == Kind::Map || kind_of(n) == Kind::Interface;
}

std::string_view shown(const Any& value) { return name_of(value.kind()); }

// How errors of the checks and of the calls describe what the functions do with a value.
std::string_view phrase(std::string_view name) {
  if (name == "first" || name == "last")
    return name == "first" ? "get first element from" : "get last element from";
  if (name == "keys") return "get keys from";
  if (name == "values") return "get values from";
  return name;
}

Result<Nature> check_len(std::string_view name, std::span<const Nature> a) {
  if (a.size() != 1) return count_error("1", a.size());
  const Kind kind = kind_of(a[0]);
  const bool fits = may_be_list(a[0]) || kind == Kind::Map || kind == Kind::String;
  if (!fits) return Error(cat("invalid argument for ", name, " (type ", type_name(a[0]), ")"));
  return nature_of(kInt);
}

Result<Nature> check_item(std::string_view name, std::span<const Nature> a) {
  if (a.size() != 1) return count_error("1", a.size());
  if (!may_be_list(a[0])) return Error(cat("cannot ", phrase(name), " ", type_name(a[0])));
  return a[0].unknown() ? Nature{} : nature_of(*a[0].type->elem);
}

Result<Nature> check_take(std::string_view, std::span<const Nature> a) {
  if (a.size() != 2) return count_error("2", a.size());
  if (!may_be_list(a[0])) return Error(cat("cannot take from ", type_name(a[0])));
  const Kind count = kind_of(a[1]);
  if (!is_signed(count) && count != Kind::Interface)
    return Error(cat("cannot take ", type_name(a[1]), " elements"));
  return a[0].unknown() ? Nature{} : nature_of(*a[0].type);
}

Result<Nature> check_keys(std::string_view name, std::span<const Nature> a) {
  if (a.size() != 1) return count_error("1", a.size());
  if (!may_be_map(a[0])) return Error(cat("cannot ", phrase(name), " ", type_name(a[0])));
  return nature_of(kAnySlice);
}

Result<Nature> check_from_pairs(std::string_view, std::span<const Nature> a) {
  if (a.size() != 1) return count_error("1", a.size());
  if (!may_be_list(a[0])) return Error(cat("cannot transform ", type_name(a[0]), " from pairs"));
  return nature_of(kAnyMap);
}

Result<Nature> check_lists(std::string_view name, std::span<const Nature> a) {
  const bool many = name == "concat";
  if (many ? a.empty() : a.size() != 1) return count_error(many ? "at least 1" : "1", a.size());
  for (const Nature& n : a) {
    if (!may_be_list(n)) return Error(cat("cannot ", name, " ", type_name(n)));
  }
  return nature_of(kAnySlice);
}

// Checked apart, by the checker: the result depends on the argument's nature.
Result<Nature> check_get(std::string_view, std::span<const Nature> a) {
  if (a.size() != 2) return count_error("2", a.size());
  return Nature{};
}

Result<Any> len_of(BuiltinCall& call) {
  const Any& x = call.arguments[0];
  if (x.is_string()) return Any(rune_count(x.as_string()));
  if (x.is_list() || x.is_map()) return Any(x.size());
  return Error(cat("invalid argument for len (type ", x.type_name(), ")"));
}

Result<Any> type_of(BuiltinCall& call) {
  const Any& x = call.arguments[0];
  if (x.is_nil()) return Any("nil");
  if (x.is(kLocation)) return Any("time.Location");
  const std::string_view name = x.type_name();
  const bool named = name.find('.') != std::string_view::npos &&
                     name.find_first_of("[]*") == std::string_view::npos;
  if (named) return Any(name);
  const Kind kind = x.kind();
  if (is_signed(kind)) return Any("int");
  if (is_unsigned(kind)) return Any("uint");
  if (is_float(kind)) return Any("float");
  if (is_list(kind)) return Any("array");
  if (kind == Kind::Pointer) return Any("struct");
  return Any(name_of(kind));
}

Result<Any> item_at(BuiltinCall& call, int64_t index) {
  auto found = fetch(call.arguments[0], Any(index));
  return found.ok() ? std::move(found) : Any();
}

Result<Any> get_of(BuiltinCall& call) {
  const Any &from = call.arguments[0], &key = call.arguments[1];
  if (from.is_nil()) return Any();
  if (key.is_string()) {
    if (auto member = member_of(from, key.as_string())) return std::move(*member);
  }
  if (from.is_list() || from.is_string()) {
    TRY(int64_t at, to_int(key));
    const auto size = static_cast<int64_t>(from.size());
    if (at < 0) at += size;
    return at >= 0 && at < size ? from.at(static_cast<size_t>(at)) : Any();
  }
  if (!from.is_map()) return Any();
  const bool texts = from.type()->key->kind == Kind::String;
  if (texts && !key.is_nil() && !key.is(kString)) {
    return Error(cat("reflect.Value.MapIndex: value of type ", key.type_name(),
                     " is not assignable to type string"));
  }
  const Any* found = from.find(texts && key.is_nil() ? Any("") : key);
  return found ? *found : Any();
}

Result<Any> take_of(BuiltinCall& call) {
  const Any &list = call.arguments[0], &count = call.arguments[1];
  if (!list.is_list()) return Error(cat("cannot take from ", shown(list)));
  if (!is_signed(count.kind())) return Error(cat("cannot take ", shown(count), " elements"));
  if (count.as_int() < 0) return Error("reflect.Value.Slice: slice index out of bounds");
  const auto size = static_cast<int64_t>(list.size());
  return slice(list, Any(0), Any(std::min(count.as_int(), size)));
}

Result<Any> keys_of(BuiltinCall& call, bool values) {
  const Any& map = call.arguments[0];
  if (!map.is_map())
    return Error(cat("cannot get ", values ? "values" : "keys", " from ", shown(map)));
  List out;
  for (const auto& [key, value] : map.members()) out.push_back(values ? value : key);
  return Any(std::move(out));
}

Result<Any> to_pairs(BuiltinCall& call) {
  const Any& map = call.arguments[0];
  if (!map.is_map()) return Error(cat("cannot transform ", shown(map), " to pairs"));
  List out;
  for (const auto& [key, value] : map.members()) out.push_back(Any::list({key, value}, kPair));
  return Any::list(std::move(out), kPairs);
}

Result<Any> from_pairs(BuiltinCall& call) {
  const Any& list = call.arguments[0];
  if (!list.is_list()) return Error(cat("cannot transform ", shown(list), " from pairs"));
  Map out;
  for (const Any& pair : list.items()) {
    if (!pair.is_list()) return Error(cat("invalid pair ", format_value(pair)));
    if (pair.size() != 2) return Error(cat("invalid pair length ", format_value(pair)));
    const Any key = pair.at(0);
    if (key.is_list() || key.is_map() || key.is_function()) {
      return Error(cat("runtime error: hash of unhashable type ", key.type_name()));
    }
    out.insert_or_assign(key, pair.at(1));
  }
  return Any::map(std::move(out), kAnyMap);
}

List items_of(const Any& list) {
  if (!list.is_bytes()) return list.items();
  List out;
  for (size_t i = 0; i < list.size(); ++i) out.push_back(list.at(i));
  return out;
}

Result<Any> reverse_of(BuiltinCall& call) {
  const Any& list = call.arguments[0];
  if (!list.is_list()) return Error(cat("cannot reverse ", shown(list)));
  TRY_DO(call.budget.take_items(list.size()));
  List out = items_of(list);
  std::reverse(out.begin(), out.end());
  return Any(std::move(out));
}

Result<Any> uniq_of(BuiltinCall& call) {
  const Any& list = call.arguments[0];
  if (!list.is_list()) return Error(cat("cannot uniq ", shown(list)));
  List out;
  for (const Any& item : items_of(list)) {
    bool known = false;
    for (size_t i = 0; i < out.size() && !known; ++i) {
      TRY_DO(call.budget.take_step());
      known = equal(item, out[i]);
    }
    if (!known) out.push_back(item);
  }
  return Any(std::move(out));
}

Result<Any> concat_of(BuiltinCall& call) {
  List out;
  for (const Any& list : call.arguments) {
    if (!list.is_list()) return Error(cat("cannot concat ", shown(list)));
    TRY_DO(call.budget.take_items(list.size()));
    for (Any& item : items_of(list)) out.push_back(std::move(item));
  }
  if (out.empty()) return Any::typed_nil(kAnySlice);
  return Any(std::move(out));
}

Result<void> flatten_into(const Any& list, Budget& budget, List& out) {
  for (const Any& item : items_of(list)) {
    if (item.is_list()) {
      TRY_DO(flatten_into(item, budget, out));
    } else {
      TRY_DO(budget.take_items(1));
      out.push_back(item);
    }
  }
  return {};
}

Result<Any> flatten_of(BuiltinCall& call) {
  const Any& list = call.arguments[0];
  if (!list.is_list()) return Error(cat("cannot flatten ", shown(list)));
  List out;
  TRY_DO(flatten_into(list, call.budget, out));
  return Any(std::move(out));
}

Result<Any> sort_of(BuiltinCall& call) {
  bool descending = false;
  if (call.arguments.size() == 2) {
    const Any& order = call.arguments[1];
    if (!order.is_string())
      return Error(cat("sort order argument must be a string (got ", order.type_name(), ")"));
    descending = order.as_string() == "desc";
    if (!descending && order.as_string() != "asc") {
      return Error(cat("invalid order ", order.as_string(), ", expected asc or desc"));
    }
  }
  const Any& list = call.arguments[0];
  const bool sortable =
      list.is(kAnySlice) || list.is(kIntSlice) || list.is(kFloat64Slice) || list.is(kStringSlice);
  if (!sortable) return Any::typed_nil(kAnySlice);
  TRY_DO(call.budget.take_items(list.size()));
  return sorted(list.items(), list.items(), descending);
}

}  // namespace

Result<Any> sorted(const List& items, const List& values, bool descending) {
  // Values of one kind order totally; with others in between, the first pair that has no order
  // fails, as Go's does (which pair that is, is its business).
  std::vector<size_t> order(items.size());
  for (size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
    if (items.size() == 1) continue;
    TRY_DO(compare(Op::Less, values[0], values[i]));
  }
  const auto less = [&](size_t a, size_t b) {
    const auto result = descending ? compare(Op::Less, values[b], values[a])
                                   : compare(Op::Less, values[a], values[b]);
    return result.ok() && *result;
  };
  const bool comparable = std::none_of(values.begin(), values.end(), [](const Any& v) {
    return v.is_float() && v.as_float() != v.as_float();
  });
  if (comparable) std::stable_sort(order.begin(), order.end(), less);
  List out;
  for (const size_t i : order) out.push_back(items[i]);
  return Any(std::move(out));
}

std::span<const Builtin> list_builtins() {
  static const std::vector<Builtin> table = {
      {"len", {}, check_len, len_of},
      {"type", {{{&kAny}, &kString}}, nullptr, type_of},
      {"first", {}, check_item, [](BuiltinCall& c) { return item_at(c, 0); }},
      {"last", {}, check_item, [](BuiltinCall& c) { return item_at(c, -1); }},
      {"get", {}, check_get, get_of},
      {"take", {}, check_take, take_of},
      {"keys", {}, check_keys, [](BuiltinCall& c) { return keys_of(c, false); }},
      {"values", {}, check_keys, [](BuiltinCall& c) { return keys_of(c, true); }},
      {"toPairs", {}, check_keys, to_pairs},
      {"fromPairs", {}, check_from_pairs, from_pairs},
      {"reverse", {}, check_lists, reverse_of},
      {"uniq", {}, check_lists, uniq_of},
      {"concat", {}, check_lists, concat_of},
      {"flatten", {}, check_lists, flatten_of},
      {"sort",
       {{{&kAnySlice, &kString}, &kAnySlice},
        {{&kIntSlice, &kString}, &kAnySlice},
        {{&kFloat64Slice, &kString}, &kAnySlice},
        {{&kStringSlice, &kString}, &kAnySlice},
        {{&kAnySlice}, &kAnySlice},
        {{&kFloat64Slice}, &kAnySlice},
        {{&kStringSlice}, &kAnySlice},
        {{&kIntSlice}, &kAnySlice}},
       nullptr,
       sort_of},
  };
  return table;
}

}  // namespace wf::expr::lang
