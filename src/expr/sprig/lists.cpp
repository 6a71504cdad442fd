// SPDX-License-Identifier: Apache-2.0
// Lists. Each function has a brother with "must" in front, which differs only in Go.
#include <algorithm>
#include <cmath>

#include "expr/sprig/detail/support.h"

namespace wf::expr::sprig {
namespace {

// `complaint` ends in front of the kind of what is no list.
Result<List> items_of(const Any& value, std::string_view complaint) {
  if (value.is_nil()) return nil_pointer();
  if (!value.is_list()) return Error(wf::cat(complaint, " ", name_of(value.kind())));
  return list_items(value);
}

// A nil []interface{}: prints as [], is null in JSON.
Any no_list() { return Any::typed_nil(types::kAnySlice); }

bool contains(Arguments all, const Any& value) {
  return std::any_of(all.begin(), all.end(), [&](const Any& a) { return deep_equal(value, a); });
}

Result<Any> push(Arguments a) {
  TRY(List items, items_of(a[0], "Cannot push on type"));
  TRY_DO(check_list_size(items.size() + 1));
  items.push_back(a[1]);
  return ok(std::move(items));
}

Result<Any> prepend(Arguments a) {
  TRY(List items, items_of(a[0], "Cannot prepend on type"));
  TRY_DO(check_list_size(items.size() + 1));
  items.insert(items.begin(), a[1]);
  return ok(std::move(items));
}

Result<Any> first(Arguments a) {
  TRY(const List items, items_of(a[0], "Cannot find first on type"));
  return items.empty() ? Any() : items.front();
}

Result<Any> last(Arguments a) {
  TRY(const List items, items_of(a[0], "Cannot find last on type"));
  return items.empty() ? Any() : items.back();
}

Result<Any> rest(Arguments a) {
  TRY(List items, items_of(a[0], "Cannot find rest on type"));
  if (items.empty()) return no_list();
  items.erase(items.begin());
  return ok(std::move(items));
}

Result<Any> initial(Arguments a) {
  TRY(List items, items_of(a[0], "Cannot find initial on type"));
  if (items.empty()) return no_list();
  items.pop_back();
  return ok(std::move(items));
}

Result<Any> reversed(Arguments a) {
  TRY(List items, items_of(a[0], "Cannot find reverse on type"));
  std::reverse(items.begin(), items.end());
  return ok(std::move(items));
}

Result<Any> compact(Arguments a) {
  TRY(List items, items_of(a[0], "Cannot compact on type"));
  std::erase_if(items, is_empty);
  return ok(std::move(items));
}

Result<Any> unique(Arguments a) {
  TRY(const List items, items_of(a[0], "Cannot find uniq on type"));
  List out;
  for (const Any& item : items) {
    if (!contains(out, item)) out.push_back(item);
  }
  return ok(std::move(out));
}

Result<Any> without(Arguments a) {
  TRY(List items, items_of(a[0], "Cannot find without on type"));
  std::erase_if(items, [&](const Any& item) { return contains(a.subspan(1), item); });
  return ok(std::move(items));
}

Result<Any> has(Arguments a) {
  if (a[1].is_nil()) return ok(false);
  TRY(const List items, items_of(a[1], "Cannot find has on type"));
  return ok(contains(items, a[0]));
}

// A part of a list keeps the list's type.
Result<Any> slice(Arguments a) {
  TRY(const List items, items_of(a[0], "list should be type of slice or array but"));
  if (items.empty()) return Any();
  const auto size = static_cast<int64_t>(items.size());
  const int64_t start = a.size() > 1 ? to_int(a[1]) : 0;
  const int64_t end = a.size() > 2 ? to_int(a[2]) : size;
  if (a[0].kind() == Kind::Array) return Error("reflect.Value.Slice: slice of unaddressable array");
  if (start < 0 || end < start || end > size) {
    return Error("reflect.Value.Slice: slice index out of bounds");
  }
  if (a[0].is_bytes()) {
    return Any::bytes(std::string(a[0].as_string().substr(static_cast<size_t>(start),
                                                          static_cast<size_t>(end - start))));
  }
  return Any::list(List(items.begin() + start, items.begin() + end), *a[0].type());
}

Result<Any> concat(Arguments a) {
  List out;
  for (const Any& list : a) {
    if (list.is_nil()) return nil_pointer();
    if (!list.is_list()) {
      return Error(wf::cat("Cannot concat type ", name_of(list.kind()), " as list"));
    }
    TRY_DO(check_list_size(out.size() + list.size()));
    for (size_t i = 0; i < list.size(); ++i) out.push_back(list.at(i));
  }
  if (out.empty()) return no_list();
  return ok(std::move(out));
}

// The arithmetic is the original's, in floating point: it decides what odd sizes do.
Result<Any> chunk(Arguments a) {
  TRY(const List items, items_of(a[1], "Cannot chunk type"));
  const auto count = static_cast<double>(items.size());
  const auto size = static_cast<double>(a[0].as_int());
  const double chunks = std::floor((count - 1) / size) + 1;
  if (!(chunks >= 0 && chunks <= static_cast<double>(kListMax))) {
    return Error("runtime error: makeslice: len out of range");
  }
  List out;
  for (int64_t i = 0; i < static_cast<int64_t>(chunks); ++i) {
    int64_t length = a[0].as_int();
    if (i == static_cast<int64_t>(chunks) - 1) {
      const auto left = static_cast<int64_t>(std::floor(std::fmod(count, size)));
      if (left != 0) length = left;
    }
    if (length < 0) return Error("runtime error: makeslice: len out of range");
    const int64_t from = i * a[0].as_int();
    if (from < 0 || from + length > static_cast<int64_t>(items.size())) {
      return Error("reflect: slice index out of range");
    }
    out.push_back(List(items.begin() + from, items.begin() + from + length));
  }
  return ok(Any::list(std::move(out), types::kAnySlices));
}

}  // namespace

void add_lists(Registry& out) {
  const auto both = [&out](const std::string& name, std::vector<const Type*> params, Call call) {
    std::string capital = name;
    capital[0] = static_cast<char>(capital[0] - 'a' + 'A');
    out.add(name, params, call);
    out.add("must" + capital, params, call);
  };
  for (const char* name : {"list", "tuple"}) {
    out.add_variadic(name, {kValue}, [](Arguments a) { return ok(List(a.begin(), a.end())); });
  }
  both("append", {kValue, kValue}, push);
  both("push", {kValue, kValue}, push);
  both("prepend", {kValue, kValue}, prepend);
  both("first", {kValue}, first);
  both("last", {kValue}, last);
  both("rest", {kValue}, rest);
  both("initial", {kValue}, initial);
  both("reverse", {kValue}, reversed);
  both("compact", {kValue}, compact);
  both("uniq", {kValue}, unique);
  both("has", {kValue, kValue}, has);
  both("chunk", {kNumber, kValue}, chunk);
  for (const char* name : {"without", "mustWithout"}) {
    out.add_variadic(name, {kValue, kValue}, without);
  }
  for (const char* name : {"slice", "mustSlice"}) out.add_variadic(name, {kValue, kValue}, slice);
  out.add_variadic("concat", {kValue}, concat);
}

}  // namespace wf::expr::sprig
