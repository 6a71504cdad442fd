// SPDX-License-Identifier: Apache-2.0
// Kubernetes' strategic merge patch. Lists whose field has a merge key are merged item by item, and
// directives in the patch ($patch, $retainKeys, $setElementOrder, $deleteFromPrimitiveList) say
// more; everything else in the patch replaces what it meets, and null removes it.
#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "spec/merge.h"
#include "spec/schema.h"

namespace wf::spec {
namespace {

using json::Kind;
using json::Value;

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kOrderPrefix = "$setElementOrder";
constexpr std::string_view kDeletePrefix = "$deleteFromPrimitiveList";

Result<Value> merge_objects(const Type* type, Value original, Value patch);

std::string_view kind_of(const Type* type) {
  if (!type) return "struct";
  switch (type->shape) {
    case Shape::List:
      return "slice";
    case Shape::Map:
      return "map";
    case Shape::String:
      return "string";
    default:
      return "struct";
  }
}

// The field of a struct that a key of the patch means.
Result<const Field*> field_of(const Type* type, std::string_view key) {
  if (!type || type->shape != Shape::Struct) {
    return Error(
        cat("merging an object in json but data type is not struct, instead is: ", kind_of(type)));
  }
  const Field* field = find_field_folded(*type, key);
  if (!field) {
    return Error(cat("unable to find api field in struct ", type->name, " for the json field ",
                     go_quote(key)));
  }
  return field;
}

// As Go's fmt prints with %v what JSON was read into.
std::string go_text(const Value& value) {
  std::string text;
  switch (value.kind()) {
    case Kind::Null:
      return "<nil>";
    case Kind::Bool:
      return value.as_bool() ? "true" : "false";
    case Kind::Number:
      return std::string(value.number_text());
    case Kind::String:
      return std::string(value.as_string());
    case Kind::Array:
      for (const Value& item : value.items()) {
        text += cat(&item == value.items().data() ? "" : " ", go_text(item));
      }
      return cat("[", text, "]");
    case Kind::Object:
      break;
  }
  std::vector<const json::Member*> members;
  for (const json::Member& member : value.members()) members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const auto* a, const auto* b) { return a->key() < b->key(); });
  for (const json::Member* member : members) {
    text += cat(member == members.front() ? "" : " ", member->key(), ":", go_text(member->value));
  }
  return cat("map[", text, "]");
}

Error no_merge_key(const Value& item, std::string_view key) {
  return Error(cat("map: ", go_text(item), " does not contain declared merge key: ", key));
}
Error bad_patch_type(const Value& directive, const Value& in) {
  return Error(cat("unknown patch type: ", go_text(directive), " in map: ", go_text(in)));
}
Error bad_argument(std::string_view wanted, const Value& got) {
  return Error(cat("expected a ", wanted, ", but received a ", json::name_of(got.kind())));
}
const char* const kBadOrder = "invalid patch format of setElementOrder list";

enum class Nulls { Keep, Drop };

// What a new part of the document keeps of the patch: nothing that carries a directive, and perhaps
// no nulls. Nothing at all where it is itself a directive.
std::optional<Value> without_directives(const Value& patch, Nulls nulls) {
  if (patch.is_array()) {
    Value list = Value::array();
    for (const Value& item : patch.items()) {
      if (auto kept = without_directives(item, nulls)) list.push_back(std::move(*kept));
    }
    return list;
  }
  if (!patch.is_object()) return patch;
  if (patch.has(kDirective)) return std::nullopt;
  Value object = Value::object();
  for (const json::Member& member : patch.members()) {
    if (member.value.is_null() && nulls == Nulls::Drop) continue;
    if (auto kept = without_directives(member.value, nulls))
      object.set(member.key(), std::move(*kept));
  }
  return object;
}

// One list of the document: its items, and how they are told apart.
struct ListRule {
  const Type* item = nullptr;
  std::string_view merge_key;
  bool objects = false;

  const Value& identity(const Value& value) const { return objects ? value[merge_key] : value; }
  std::optional<size_t> find(std::span<const Value> list, const Value& wanted) const {
    for (size_t i = 0; i < list.size(); ++i) {
      if (identity(list[i]) == wanted) return i;
    }
    return std::nullopt;
  }
};

// Whether the items are objects; they must be of one kind, and no lists.
Result<bool> of_objects(std::span<const Value> original, std::span<const Value> patch) {
  std::optional<Kind> kind;
  for (const auto list : {original, patch}) {
    for (const Value& item : list) {
      if (!kind && item.is_array()) return Error("lists of lists are not supported");
      if (kind && *kind != item.kind()) return Error("list element types are not identical");
      kind = item.kind();
    }
  }
  return kind == Kind::Object;
}

// In the order of `order`. An item that isn't in it goes before the one that it is compared with,
// as it does in Kubernetes' insertion sort.
void sort_by(std::vector<Value>& items, std::span<const Value> order, const ListRule& rule) {
  std::vector<std::pair<std::optional<size_t>, Value>> ranked;
  for (Value& item : items) {
    auto rank = rule.find(order, rule.identity(item));
    ranked.emplace_back(rank, std::move(item));
    for (size_t i = ranked.size() - 1; i > 0; --i) {
      const auto &here = ranked[i].first, &before = ranked[i - 1].first;
      if (here && before && *here >= *before) break;
      std::swap(ranked[i], ranked[i - 1]);
    }
  }
  for (size_t i = 0; i < items.size(); ++i) items[i] = std::move(ranked[i].second);
}

// The items that `leading` names in its order, the others in theirs; of two that may both come
// next, the leading one does, unless the other came first in the original list.
Result<Value> in_order(const std::vector<Value>& merged, std::span<const Value> leading,
                       std::span<const Value> original, const ListRule& rule) {
  std::vector<Value> left, right;
  for (const Value& item : merged) {
    if (rule.objects && !item.has(rule.merge_key)) return no_merge_key(item, rule.merge_key);
    (rule.find(leading, rule.identity(item)) ? right : left).push_back(item);
  }
  sort_by(right, leading, rule);
  sort_by(left, original, rule);
  Value list = Value::array();
  size_t i = 0, j = 0;
  while (i < left.size() || j < right.size()) {
    bool take_left = j == right.size();
    if (i < left.size() && j < right.size()) {
      const auto x = rule.find(original, rule.identity(left[i])),
                 y = rule.find(original, rule.identity(right[j]));
      take_left = x && y && *x < *y;
    }
    list.push_back(take_left ? left[i++] : right[j++]);
  }
  return list;
}

// Obeys items of the patch that are directives: takes them out, and what they delete out of
// `items`.
Result<void> obey_items(std::vector<Value>& items, std::vector<Value>& patch,
                        std::string_view merge_key) {
  std::vector<Value> plain;
  bool replace = false;
  for (const Value& item : patch) {
    const Value* directive = item.find(kDirective);
    if (!directive) {
      plain.push_back(item);
    } else if (directive->as_string() == "delete") {
      if (!item.has(merge_key)) return no_merge_key(item, merge_key);
      const Value& gone = item[merge_key];
      std::erase_if(items,
                    [&](const Value& old) { return old.has(merge_key) && old[merge_key] == gone; });
    } else if (directive->as_string() == "replace") {
      replace = true;
    } else if (directive->as_string() == "merge") {
      return Error("merging lists cannot yet be specified in the patch");
    } else {
      return bad_patch_type(*directive, item);
    }
  }
  if (replace) {
    items = std::move(plain);
    patch.clear();
  } else {
    patch = std::move(plain);
  }
  return {};
}

Result<Value> merge_object_lists(const Value& original, const Value& patch_list,
                                 const ListRule& rule) {
  std::vector<Value> items(original.items().begin(), original.items().end());
  std::vector<Value> patch(patch_list.items().begin(), patch_list.items().end());
  if (rule.merge_key.empty()) {
    return Error(cat("cannot merge lists without merge key for ", kind_of(rule.item)));
  }
  TRY_DO(obey_items(items, patch, rule.merge_key));
  std::vector<Value> merged = items;
  for (const Value& item : patch) {
    if (!item.has(rule.merge_key)) return no_merge_key(item, rule.merge_key);
    const auto at = rule.find(merged, item[rule.merge_key]);
    if (!at) {
      merged.push_back(item);
      continue;
    }
    TRY(merged[*at], merge_objects(rule.item, merged[*at], item));
  }
  return in_order(merged, patch, items, rule);
}

Result<Value> merge_scalar_lists(const Value& original, const Value& patch, const ListRule& rule) {
  std::vector<Value> merged;
  for (const Value* list : {&original, &patch}) {
    for (const Value& item : list->items()) {
      if (!rule.find(merged, item)) merged.push_back(item);
    }
  }
  return in_order(merged, patch.items(), original.items(), rule);
}

Value without_items(const Value& original, const Value& gone) {
  Value list = Value::array();
  for (const Value& item : original.items()) {
    const auto items = gone.items();
    if (std::find(items.begin(), items.end(), item) == items.end()) list.push_back(item);
  }
  return list;
}

// How the list behind `key` is merged. Its items may themselves be no lists.
Result<const Field*> list_field(const Type* type, std::string_view key) {
  TRY(const Field* field, field_of(type, key));
  const Type& list = *field->type;
  if (list.shape != Shape::List && !list.pointer) {
    return Error(cat("expected slice or array type, but got: ", kind_of(type)));
  }
  if (list.shape == Shape::List && list.element->shape == Shape::List)
    return Error("unexpected slice of slice");
  return field;
}

enum class ListPatch { Items, Deletions };

Result<Value> merge_lists(const Type* type, std::string_view key, const Value& original,
                          const Value& patch, ListPatch what) {
  TRY(const Field* field, list_field(type, key));
  if (!field->merge && what == ListPatch::Items) return patch;
  if (original.empty() && patch.empty()) return original;
  TRY(const bool objects, of_objects(original.items(), patch.items()));
  const Type* item = field->type->shape == Shape::List ? field->type->element : field->type;
  const ListRule rule{item, field->merge_key, objects};
  if (objects) return merge_object_lists(original, patch, rule);
  if (what == ListPatch::Deletions) return without_items(original, patch);
  if (!rule.merge_key.empty())
    return bad_argument("map[string]interface {}", (patch.empty() ? original : patch).items()[0]);
  return merge_scalar_lists(original, patch, rule);
}

// $retainKeys: what the original has beside these keys goes.
Result<void> retain_keys(Value& original, Value& patch) {
  const Value keys = patch[kRetainKeys];
  if (!patch.erase(kRetainKeys)) return {};
  if (!keys.is_array()) return Error("invalid patch format of retainKeys");
  const auto named = [&](std::string_view key) {
    return std::any_of(keys.items().begin(), keys.items().end(), [&](const Value& name) {
      return name.is_string() && name.as_string() == key;
    });
  };
  for (const json::Member& member : patch.members()) {
    const bool directive =
        member.key().starts_with(kDeletePrefix) || member.key().starts_with(kOrderPrefix);
    if (!member.value.is_null() && !directive && !named(member.key())) {
      return Error("invalid patch format of retainKeys");
    }
  }
  std::vector<std::string> gone;
  for (const json::Member& member : original.members()) {
    if (!named(member.key())) gone.emplace_back(member.key());
  }
  for (const std::string& key : gone) original.erase(key);
  return {};
}

// The items of the patch must come in the order that is asked for.
Result<void> check_order(const Value& patch, const Value& order, std::string_view merge_key) {
  if (patch.empty() || order.empty()) return {};
  size_t next = 0;
  for (const Value& item : patch.items()) {
    if (item.has(kDirective)) continue;
    const auto same = [&](const Value& other) {
      return merge_key.empty() ? item == other : item[merge_key] == other[merge_key];
    };
    while (next < order.size() && !same(order[next])) ++next;
    if (next == order.size()) {
      return Error(cat("The order in patch list:\n", go_text(patch), "\n doesn't match ",
                       kOrderPrefix, " list:\n", go_text(order), "\n"));
    }
    ++next;
  }
  return {};
}

// $setElementOrder/<list>: merges the list, then puts its items in that order.
Result<void> set_order(const Type* type, std::string_view directive, Value& original,
                       Value& patch) {
  const Value order = patch[directive];
  const std::string key(directive.substr(std::min(directive.size(), kOrderPrefix.size() + 1)));
  if (directive.size() <= kOrderPrefix.size() || directive[kOrderPrefix.size()] != '/')
    return Error(kBadOrder);
  patch.erase(directive);
  if (!order.is_array()) return bad_argument("[]interface {}", order);
  const bool in_original = original.has(key), in_patch = patch.has(key);
  const Value old_list = original[key], new_list = patch[key];
  for (const Value* list : {&old_list, &new_list}) {
    if ((list == &old_list ? in_original : in_patch) && !list->is_array())
      return bad_argument("[]interface {}", *list);
  }
  TRY(const Field* field, list_field(type, key));
  TRY_DO(check_order(new_list, order, field->merge_key));
  if (!in_original && !in_patch) return {};
  Value merged = old_list;
  if (!in_original) {
    merged = *without_directives(new_list, Nulls::Keep);
  } else if (in_patch) {
    TRY(merged, merge_lists(type, key, old_list, new_list, ListPatch::Items));
  }
  TRY(const bool objects, of_objects(old_list.items(), new_list.items()));
  if (old_list.empty() && new_list.empty()) return Error("no elements in any of the given slices");
  const ListRule rule{field->type->element, field->merge_key, objects};
  const std::vector<Value> items(merged.items().begin(), merged.items().end());
  TRY(Value ordered, in_order(items, order.items(), old_list.items(), rule));
  original.set(key, std::move(ordered));
  patch.erase(key);
  return {};
}

Result<void> set_orders(const Type* type, Value& original, Value& patch) {
  std::vector<std::string> directives;
  for (const json::Member& member : patch.members()) {
    if (member.key().starts_with(kOrderPrefix)) directives.emplace_back(member.key());
  }
  for (const std::string& directive : directives)
    TRY_DO(set_order(type, directive, original, patch));
  return {};
}

Result<void> merge_member(const Type* type, std::string_view key, const Value& patch,
                          Value& original, ListPatch what) {
  if (patch.is_null()) {
    original.erase(key);
    return {};
  }
  const Value* old = original.find(key);
  if (!old || old->kind() != patch.kind()) {
    if (what == ListPatch::Deletions) return {};
    if (auto added = without_directives(patch, Nulls::Drop)) {
      original.set(key, std::move(*added));
    } else {
      original.erase(key);
    }
    return {};
  }
  if (patch.is_object()) {
    TRY(const Field* field, field_of(type, key));
    if (field->replace) {
      original.set(key, patch);
      return {};
    }
    TRY(Value merged, merge_objects(field->type, *old, patch));
    original.set(key, std::move(merged));
  } else if (patch.is_array()) {
    TRY(Value merged, merge_lists(type, key, *old, patch, what));
    original.set(key, std::move(merged));
  } else {
    original.set(key, patch);
  }
  return {};
}

Result<Value> merge_objects(const Type* type, Value original, Value patch) {
  if (const Value* directive = patch.find(kDirective)) {
    if (directive->as_string() == "delete") return Value::object();
    if (directive->as_string() != "replace") return bad_patch_type(*directive, patch);
    patch.erase(kDirective);
    return patch;
  }
  if (original.is_null()) original = Value::object();
  TRY_DO(retain_keys(original, patch));
  TRY_DO(set_orders(type, original, patch));
  for (const json::Member& member : patch.members()) {
    std::string_view key = member.key();
    const bool deletions = key.starts_with(kDeletePrefix);
    if (deletions) {
      if (key.size() <= kDeletePrefix.size() || key[kDeletePrefix.size()] != '/') {
        return Error("invalid patch format of primitive list");
      }
      key.remove_prefix(kDeletePrefix.size() + 1);
    }
    TRY_DO(merge_member(type, key, member.value, original,
                        deletions ? ListPatch::Deletions : ListPatch::Items));
  }
  return original;
}

}  // namespace

Result<Value> strategic_merge(std::string_view type, const Value& original, const Value& patch) {
  const Type* found = find_type(type);
  CHECK(found);
  for (const Value* document : {&original, &patch}) {
    if (!document->is_object() && !document->is_null()) return Error("invalid JSON document");
  }
  return merge_objects(found, original, patch.is_null() ? Value::object() : patch);
}

}  // namespace wf::spec
