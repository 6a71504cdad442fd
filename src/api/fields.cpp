// SPDX-License-Identifier: Apache-2.0
#include "api/fields.h"

#include <algorithm>

#include "base/text.h"

namespace wf::api {

FieldFilter::FieldFilter(std::string_view text, std::string_view prefix) {
  if (text.empty()) return;
  exclude_ = text[0] == '-';
  if (exclude_) text.remove_prefix(1);
  for (std::string_view field : split(text, ",")) {
    if (field.starts_with(prefix)) field.remove_prefix(prefix.size());
    fields_.emplace(field);
  }
}

bool FieldFilter::excludes(std::string_view path) const {
  if (fields_.empty()) return false;
  const bool matched = std::any_of(fields_.begin(), fields_.end(), [&](const std::string& field) {
    return path.starts_with(field) || std::string_view(field).starts_with(path);
  });
  return matched == exclude_;
}

bool FieldFilter::within(std::initializer_list<std::string_view> paths) const {
  if (fields_.empty() || exclude_) return false;
  return std::all_of(fields_.begin(), fields_.end(), [&](const std::string_view field) {
    return std::any_of(paths.begin(), paths.end(), [&](std::string_view path) {
      return field == path || (field.starts_with(path) && field[path.size()] == '.');
    });
  });
}

json::Value FieldFilter::apply(const json::Value& value) const { return fields_.empty() ? value : clean("", value); }

json::Value FieldFilter::clean(const std::string& path, const json::Value& value) const {
  if (value.is_array()) {
    json::Value list = json::Value::array();
    for (const json::Value& item : value.items()) list.push_back(clean(path, item));
    return list;
  }
  if (!value.is_object()) return value;
  json::Value object = json::Value::object();
  for (const json::Member& member : value.members()) {
    const std::string at = path.empty() ? std::string(member.key()) : cat(path, ".", member.key());
    const auto next = fields_.lower_bound(at);
    const bool named = next != fields_.end() && *next == at;
    // Argo asks for a common beginning, not for a path's end: "spec" also keeps what "specX" names.
    const bool above = next != fields_.end() && next->starts_with(at);
    if (exclude_ ? named : !above) continue;
    object.set(member.key(), named ? member.value : clean(at, member.value));
  }
  return object;
}

}  // namespace wf::api
