// SPDX-License-Identifier: Apache-2.0
#include "expr/items.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/detail/raw_json.h"
#include "expr/gofmt.h"
#include "expr/gofmt_number.h"
#include "expr/when.h"
#include "json/text.h"

namespace wf::expr {
namespace {

constexpr size_t kItemsMax = 10'000'000;  // of a sequence

// Argo undoes the escapes that make JSON safe in HTML, in what it shows.
std::string shown(std::string_view raw) {
  std::string text = compact_json(raw);
  if (text.starts_with('"')) text = text.substr(1, text.size() - 2);
  text = replace_all(text, "\\u003c", "<");
  text = replace_all(text, "\\u003e", ">");
  return replace_all(text, "\\u0026", "&");
}

ItemType type_of(std::string_view raw) {
  switch (raw[0]) {
    case '"': return ItemType::String;
    case 't':
    case 'f': return ItemType::Bool;
    case 'n': return ItemType::Array;  // null reads as a list without elements
    default: break;
  }
  // Go reads every number in it as a float64; one that does not fit makes the item "a string".
  if (has_number_beyond_double(raw)) return ItemType::String;
  return raw[0] == '[' ? ItemType::Array : raw[0] == '{' ? ItemType::Object : ItemType::Number;
}

void describe_map(std::string_view raw, Item& item) {
  std::map<std::string, std::string_view> members;
  for (const auto& [key, value] : raw_members(raw)) members[key] = value;
  std::vector<std::string> pairs;
  item.text = "{";
  for (const auto& [key, value] : members) {
    if (item.text.size() > 1) item.text += ',';
    json::append_quoted(item.text, key);
    item.text += cat(":", compact_json(value));
    item.members.emplace_back(key, shown(value));
    pairs.push_back(cat(key, ":", item.members.back().second));
  }
  item.text += '}';
  std::sort(pairs.begin(), pairs.end());
  item.description = join(pairs, ",");
}

void describe_list(std::string_view raw, Item& item) {
  item.text = compact_json(raw);
  std::vector<std::string> elements;
  for (const auto element : raw_items(raw)) elements.push_back(shown(element));
  item.description = cat("[", join(elements, " "), "]");
}

// `raw` is one valid JSON value without white space around it.
Item item_of(std::string_view raw) {
  Item item{type_of(raw), {}, {}, {}};
  switch (item.type) {
    case ItemType::Object: describe_map(raw, item); break;
    case ItemType::Array: describe_list(raw, item); break;
    case ItemType::String:
      if (raw[0] == '"') item.text = json::parse(raw).value().as_string();
      item.description = shown(raw);
      break;
    case ItemType::Number:
    case ItemType::Bool: item.text = item.description = shown(raw);
  }
  return item;
}

// The parser's message without its "line 1, column 2: ", which Go does not give.
Error without_place(const Error& error) {
  const auto& text = error.message();
  const size_t at = text.starts_with("line ") ? text.find(": ") : std::string::npos;
  return Error(at == std::string::npos ? text : text.substr(at + 2));
}

Result<int64_t> whole_number(const json::Value& field) {
  const auto number = atoi(field.is_string() ? field.as_string() : field.number_text());
  if (number.error) return *number.error;
  return number.value;
}

Result<std::vector<Item>> range_items(int64_t first, int64_t last, std::string_view format) {
  const int64_t step = first <= last ? 1 : -1;
  const uint64_t distance = step > 0 ? static_cast<uint64_t>(last) - static_cast<uint64_t>(first)
                                     : static_cast<uint64_t>(first) - static_cast<uint64_t>(last);
  if (distance >= kItemsMax) return Error(cat("a sequence has at most ", kItemsMax, " items"));
  std::vector<Item> items;
  for (uint64_t i = 0; i <= distance; ++i) {
    const std::array<Any, 1> number = {Any(first + step * static_cast<int64_t>(i))};
    TRY(Item item, parse_item(cat("\"", sprintf(format, number), "\"")));
    items.push_back(std::move(item));
  }
  return items;
}

Result<std::vector<Item>> param_items(std::string_view text) {
  auto items = parse_items(text);
  if (items.ok()) return items;
  return Error(cat("withParam value could not be parsed as a JSON list: ", trim_space(text), ": ",
                   items.error().message()));
}

bool is_set(const json::Value& field) { return field.is_object(); }

}  // namespace

std::string_view name_of(ItemType type) {
  constexpr std::array<std::string_view, 5> kNames = {"Number", "String", "Bool", "Map", "List"};
  return kNames[static_cast<size_t>(type)];
}

void Item::put_into(MapScope& scope) const {
  scope.set("item", Any(text));
  for (const auto& [key, value] : members) scope.set(cat("item.", key), Any(value));
}

Result<Item> parse_item(std::string_view json) {
  const auto checked = json::parse(json);
  if (!checked.ok()) return without_place(checked.error());
  return item_of(trim(json));
}

Result<std::vector<Item>> parse_items(std::string_view json) {
  const auto checked = json::parse(json);
  if (!checked.ok()) return without_place(checked.error());
  if (checked->is_null()) return std::vector<Item>();
  if (!checked->is_array()) {
    return Error(cat("json: cannot unmarshal ", name_of(checked->kind()), " into Go value of type []v1alpha1.Item"));
  }
  std::vector<Item> items;
  for (const auto raw : raw_items(trim(json))) items.push_back(item_of(raw));
  return items;
}

Result<std::vector<Item>> sequence_items(const json::Value& sequence) {
  int64_t start = 0, end = 0;
  if (!sequence["start"].is_null()) {
    TRY(start, whole_number(sequence["start"]));
  }
  if (!sequence["end"].is_null()) {
    TRY(end, whole_number(sequence["end"]));
  } else if (!sequence["count"].is_null()) {
    TRY(const int64_t count, whole_number(sequence["count"]));
    if (count == 0) return std::vector<Item>();
    end = static_cast<int64_t>(static_cast<uint64_t>(start) + static_cast<uint64_t>(count) - 1);
  } else {
    return Error("neither end nor count was specified in withSequence", Code::Internal);
  }
  const auto format = sequence["format"].as_string();
  return range_items(start, end, format.empty() ? "%d" : format);
}

bool has_loop(const json::Value& step) {
  return !step["withItems"].empty() || !step["withParam"].as_string().empty() || is_set(step["withSequence"]);
}

Result<std::vector<Item>> loop_items(const json::Value& step) {
  std::vector<Item> items;
  if (!step["withItems"].empty()) {
    for (const auto& value : step["withItems"].items()) items.push_back(item_of(json::print(value)));
    return items;
  }
  const auto param = step["withParam"].as_string();
  auto read = !param.empty()                ? param_items(param)
              : is_set(step["withSequence"]) ? sequence_items(step["withSequence"])
                                             : Error("there is no loop", Code::Internal);
  if (read.ok()) return read;
  const auto runs = should_execute(step["when"].as_string());
  if (runs.ok() && !*runs) return items;
  return read.error();
}

Result<std::string> item_name(std::string_view name, size_t index, const Item& item) {
  const auto description = replace_all(replace_all(item.description, "(", ""), ")", "");
  std::string out = cat(name, "(", index, ":", description, ")");
  const size_t open = out.find('('), colon = out.find(':');
  const auto digits = colon > open ? std::string_view(out).substr(open + 1, colon - open - 1) : std::string_view();
  const auto number = atoi(digits);
  if (!number.error && number.value == static_cast<int64_t>(index)) return out;
  return Error(cat("unrecoverable digit in generateName; wanted '", index, "' and got '",
                   number.error ? int64_t{-1} : number.value, "'"));
}

std::string any_string_of(const json::Value& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_number()) return format_float(value.as_double(), 'f');
  return {};
}

}  // namespace wf::expr
