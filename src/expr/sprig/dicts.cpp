// SPDX-License-Identifier: Apache-2.0
// Dictionaries: values with text keys.
#include <algorithm>

#include "expr/sprig/detail/support.h"

namespace wf::expr::sprig {
namespace {

Result<Any> get(Arguments a) {
  const Any* found = a[0].find(a[1].as_string());
  return ok(found != nullptr ? *found : Any(""));
}

Result<Any> set(Arguments a) {
  if (is_typed_nil(a[0])) return Error("assignment to entry in nil map");
  Map members = a[0].members();
  members.insert_or_assign(a[1], a[2]);
  return ok(std::move(members));
}

Result<Any> unset(Arguments a) {
  if (is_typed_nil(a[0])) return a[0];
  Map members = a[0].members();
  members.erase(a[1]);
  return ok(std::move(members));
}

Result<Any> pluck(Arguments a) {
  List out;
  for (const Any& dict : a.subspan(1)) {
    if (const Any* found = dict.find(a[0].as_string())) out.push_back(*found);
  }
  return ok(std::move(out));
}

Result<Any> keys(Arguments a) {
  std::vector<std::string> out;
  for (const Any& dict : a) {
    for (const auto& member : dict.members()) out.emplace_back(member.first.as_string());
  }
  return ok(Any::strings(out));
}

Result<Any> pick(Arguments a) {
  Map out;
  for (const Any& key : a.subspan(1)) {
    if (const Any* found = a[0].find(key.as_string())) out.insert_or_assign(key, *found);
  }
  return ok(std::move(out));
}

Result<Any> omit(Arguments a) {
  Map out = a[0].members();
  for (const Any& key : a.subspan(1)) out.erase(key);
  return ok(std::move(out));
}

// Keys and values in turn; a last key without value gets "".
Result<Any> dict(Arguments a) {
  Map out;
  for (size_t i = 0; i < a.size(); i += 2) {
    out.insert_or_assign(Any(text_of(a[i])), i + 1 < a.size() ? a[i + 1] : Any(""));
  }
  return ok(std::move(out));
}

Error wrong_type(const Any& value, const Type& wanted) {
  const std::string_view given = value.is_nil() ? "nil" : value.type_name();
  return Error(wf::cat("interface conversion: interface {} is ", given, ", not ", wanted.name));
}

// dig(key, …, default, dict)
Result<Any> dig(Arguments a) {
  if (a.size() < 3) return Error("dig needs at least three arguments");
  const Arguments path = a.first(a.size() - 2);
  if (!a.back().is(types::kMap)) return wrong_type(a.back(), types::kMap);
  for (const Any& key : path) {
    if (!key.is_string()) return wrong_type(key, types::kString);
  }
  Any at = a.back();
  for (const Any& key : path) {
    if (!at.is(types::kMap)) return wrong_type(at, types::kMap);
    const Any* next = at.find(key.as_string());
    if (next == nullptr) return a[a.size() - 2];
    at = Any(*next);
  }
  return at;
}

enum class Existing { Keep, Overwrite };

// mergo 1.0.2: maps are merged member by member; another member of `from` takes the place of one
// that is missing or empty, with Overwrite of any one.
Any merged(const Any& into, const Any& from, Existing existing) {
  Map out = into.members();
  for (const auto& [key, value] : from.members()) {
    const auto old = out.find(key);
    const bool vacant = old == out.end() || is_empty(old->second);
    if (value.is_nil()) {
      if (existing == Existing::Overwrite) out.insert_or_assign(key, value);
    } else if (!vacant && value.is_map() && old->second.is_map()) {
      old->second = merged(old->second, value, existing);
    } else if (vacant || existing == Existing::Overwrite) {
      out.insert_or_assign(key, value);
    }
  }
  return Any::map(std::move(out), into.is_map() ? *into.type() : types::kMap);
}

Result<Any> merge_all(Arguments a, Existing existing) {
  Any out = a[0];
  for (const Any& from : a.subspan(1)) out = merged(out, from, existing);
  return out;
}

}  // namespace

void add_dicts(Registry& out) {
  out.add("get", {kDict, kText}, get);
  out.add("set", {kDict, kText, kValue}, set);
  out.add("unset", {kDict, kText}, unset);
  out.add("hasKey", {kDict, kText},
          [](Arguments a) { return ok(a[0].find(a[1].as_string()) != nullptr); });
  out.add_variadic("pluck", {kText, kDict}, pluck);
  out.add_variadic("keys", {kDict}, keys);
  out.add("values", {kDict}, [](Arguments a) {
    List all;
    for (const auto& member : a[0].members()) all.push_back(member.second);
    return ok(std::move(all));
  });
  out.add_variadic("pick", {kDict, kText}, pick);
  out.add_variadic("omit", {kDict, kText}, omit);
  out.add_variadic("dict", {kValue}, dict);
  out.add_variadic("dig", {kValue}, dig);
  for (const char* name : {"merge", "mustMerge"}) {
    out.add_variadic(name, {kDict, kDict},
                     [](Arguments a) { return merge_all(a, Existing::Keep); });
  }
  for (const char* name : {"mergeOverwrite", "mustMergeOverwrite"}) {
    out.add_variadic(name, {kDict, kDict},
                     [](Arguments a) { return merge_all(a, Existing::Overwrite); });
  }
}

}  // namespace wf::expr::sprig
