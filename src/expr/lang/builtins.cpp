// SPDX-License-Identifier: Apache-2.0
#include "expr/lang/builtins.h"

#include <algorithm>
#include <iterator>

namespace wf::expr::lang {
namespace {

constexpr std::string_view kLoops[] = {
    "all",  "none",      "any",      "one",           "filter",  "map",    "count", "sum",
    "find", "findIndex", "findLast", "findLastIndex", "groupBy", "sortBy", "reduce"};

const Builtin* find_in(std::span<const Builtin> table, std::string_view name) {
  const auto it =
      std::find_if(table.begin(), table.end(), [&](const Builtin& b) { return b.name == name; });
  return it == table.end() ? nullptr : &*it;
}

}  // namespace

const Builtin* builtin_named(std::string_view name) {
  for (const auto table : {text_builtins(), number_builtins(), list_builtins(), time_builtins()}) {
    if (const Builtin* found = find_in(table, name)) return found;
  }
  return nullptr;
}

bool is_builtin_name(std::string_view name) {
  return std::find(std::begin(kLoops), std::end(kLoops), name) != std::end(kLoops) ||
         builtin_named(name);
}

Kind kind_of(const Nature& nature) {
  if (nature.unknown()) return Kind::Interface;
  if (nature.is(types::kLocation)) return Kind::Struct;  // seen through the pointer
  return nature.kind();
}

Nature nature_of(const Type& type) { return {.type = &type}; }

std::string_view type_name(const Nature& nature) {
  if (nature.nil) return "<nil>";
  return nature.type ? nature.type->name : "unknown";
}

}  // namespace wf::expr::lang
