// SPDX-License-Identifier: Apache-2.0
// expr/items.h: the values that a step or task is repeated for, and what they are called in tags and
// in names of nodes (EXP-1 to EXP-9).
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "expr/scope.h"
#include "json/value.h"

namespace wf::expr {

enum class ItemType { Number, String, Bool, Object, Array };
std::string_view name_of(ItemType type);  // in Argo's words: an Object is a "Map", an Array a "List"

struct Item {
  ItemType type;
  std::string text;         // {{item}}
  std::string description;  // in names of nodes, parentheses still in it
  std::vector<std::pair<std::string, std::string>> members;  // {{item.key}}, of a map

  // Gives the scope the variables `item` and `item.<key>`.
  void put_into(MapScope& scope) const;
};

// One item, written as JSON. How it is written matters: `1.50` and escapes stay in names.
Result<Item> parse_item(std::string_view json);
// A JSON list of items, or null. The error is the parser's.
Result<std::vector<Item>> parse_items(std::string_view json);
// withSequence: start, end or count, format. EXP-4.
Result<std::vector<Item>> sequence_items(const json::Value& sequence);

// Whether the step or task (after substitution) has a loop.
bool has_loop(const json::Value& step);
// The items of its withItems, withParam or withSequence, in this order of precedence. Where `when`
// is false already, what cannot be read counts as an empty list (EXP-2).
Result<std::vector<Item>> loop_items(const json::Value& step);

// `<name>(<index>:<description>)`. Fails where the index cannot be read back from it, because the
// name has a parenthesis. EXP-8, EXP-9.
Result<std::string> item_name(std::string_view name, size_t index, const Item& item);

// What a field of Argo's type AnyString is after reading this JSON value: numbers go through a
// double; lists and maps are empty, and so is null, which the caller may want to leave out.
std::string any_string_of(const json::Value& value);

}  // namespace wf::expr
