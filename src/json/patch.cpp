// SPDX-License-Identifier: Apache-2.0
#include "json/patch.h"

#include "base/text.h"
#include "json/pointer.h"
#include "json/text.h"

namespace wf::json {
namespace {

using Parts = std::vector<std::string>;

// The container that the last part of `parts` names a place in, for changing it; null where absent.
Value* parent_of(Value& document, const Parts& parts) {
  Value* at = &document;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    if (at->is_array()) {
      const auto index = pointer_index(parts[i]);
      if (!index || *index >= at->size()) return nullptr;
      at = &at->item(*index);
    } else {
      if (!at->has(parts[i])) return nullptr;
      at = &at->at(parts[i]);
    }
  }
  return at->is_array() || at->is_object() ? at : nullptr;
}

Error absent(std::string_view operation, std::string_view path) {
  return Error(cat(operation, " operation does not apply: path not found: ", path));
}

Result<void> add(Value& document, std::string_view path, Value value) {
  TRY(const Parts parts, pointer_parts(path));
  if (parts.empty()) {
    document = std::move(value);
    return {};
  }
  Value* parent = parent_of(document, parts);
  if (parent == nullptr) return absent("add", path);
  if (parent->is_object()) {
    parent->set(parts.back(), std::move(value));
    return {};
  }
  const auto index =
      parts.back() == "-" ? std::optional(parent->size()) : pointer_index(parts.back());
  if (!index || *index > parent->size()) return absent("add", path);
  parent->push_back(std::move(value));
  for (size_t i = parent->size() - 1; i > *index; --i)
    std::swap(parent->item(i), parent->item(i - 1));
  return {};
}

Result<Value> remove(Value& document, std::string_view path) {
  TRY(const Parts parts, pointer_parts(path));
  if (parts.empty()) return std::exchange(document, Value());
  Value* parent = parent_of(document, parts);
  const Value* found = find(document, path);
  if (parent == nullptr || found == nullptr) return absent("remove", path);
  Value removed = *found;
  if (parent->is_object()) {
    parent->erase(parts.back());
  } else {
    parent->erase_item(*pointer_index(parts.back()));
  }
  return removed;
}

Result<void> replace(Value& document, std::string_view path, Value value) {
  TRY(const Parts parts, pointer_parts(path));
  if (find(document, path) == nullptr) return absent("replace", path);
  if (parts.empty()) {
    document = std::move(value);
    return {};
  }
  Value* parent = parent_of(document, parts);
  if (parent == nullptr) return absent("replace", path);
  (parent->is_object() ? parent->at(parts.back()) : parent->item(*pointer_index(parts.back()))) =
      std::move(value);
  return {};
}

Result<void> apply(Value& document, const Value& operation) {
  const std::string_view op = operation["op"].as_string();
  if (!operation["path"].is_string()) return Error("JSON patch operation without path");
  const std::string_view path = operation["path"].as_string();
  if (op == "add") return add(document, path, operation["value"]);
  if (op == "replace") return replace(document, path, operation["value"]);
  if (op == "remove") {
    const auto removed = remove(document, path);
    return removed.ok() ? Result<void>() : Result<void>(removed.error());
  }
  if (op == "test") {
    const Value* found = find(document, path);
    if (found == nullptr ? operation["value"].is_null() : *found == operation["value"]) return {};
    return Error(cat("testing path ", path, " failed"));
  }
  const std::string_view from = operation["from"].as_string();
  if (op == "copy") {
    const Value* found = find(document, from);
    if (found == nullptr) return absent("copy", from);
    return add(document, path, *found);
  }
  if (op == "move") {
    if (path.rfind(cat(from, "/"), 0) == 0) return Error(cat("cannot move ", from, " into itself"));
    TRY(Value moved, remove(document, from));
    return add(document, path, std::move(moved));
  }
  return Error(cat("unexpected JSON patch operation: ", go_quote(op)));
}

}  // namespace

Value merge_patch(Value target, const Value& patch) {
  if (!patch.is_object()) return patch;
  if (!target.is_object()) target = Value::object();
  for (const Member& member : patch.members()) {
    if (member.value.is_null()) {
      target.erase(member.key());
    } else {
      Value& place = target.at(member.key());
      place = merge_patch(std::move(place), member.value);
    }
  }
  return target;
}

Result<Value> json_patch(Value target, const Value& operations) {
  if (!operations.is_array()) return Error("a JSON patch must be a list of operations");
  for (const Value& operation : operations.items()) TRY_DO(apply(target, operation));
  return target;
}

Value merge_patch_between(const Value& before, const Value& after) {
  if (!before.is_object() || !after.is_object()) return after;
  Value patch = Value::object();
  for (const Member& member : before.members()) {
    if (!after.has(member.key())) patch.set(member.key(), Value());
  }
  for (const Member& member : after.members()) {
    const Value* old = before.find(member.key());
    if (old == nullptr) {
      patch.set(member.key(), member.value);
    } else if (!(*old == member.value)) {
      patch.set(member.key(), merge_patch_between(*old, member.value));
    }
  }
  return patch;
}

}  // namespace wf::json
