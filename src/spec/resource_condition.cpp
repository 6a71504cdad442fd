// SPDX-License-Identifier: Apache-2.0
#include "spec/resource_condition.h"

#include <charconv>
#include <utility>

#include "base/text.h"
#include "json/text.h"

namespace wf::spec {
namespace {

const json::Value* child(const json::Value& value, std::string_view key) {
  if (value.is_object()) return value.find(key);
  if (!value.is_array()) return nullptr;
  size_t index = 0;
  const auto [end, failure] = std::from_chars(key.data(), key.data() + key.size(), index);
  if (failure != std::errc() || end != key.data() + key.size() || index >= value.size()) return nullptr;
  return &value[index];
}

std::string number_text(const json::Value& value) {
  const auto text = value.number_text();
  if (text.find_first_not_of("0123456789", text.starts_with('-') ? 1 : 0) == std::string_view::npos) return std::string(text);
  char digits[400];
  const auto end = std::to_chars(digits, digits + sizeof digits, value.as_double(), std::chars_format::fixed).ptr;
  return {digits, end};
}

}  // namespace

std::optional<std::string> text_at_path(const json::Value& object, std::string_view path) {
  const json::Value* value = &object;
  for (const auto key : split(path, ".")) {
    value = child(*value, key);
    if (value == nullptr) return std::nullopt;
  }
  switch (value->kind()) {
    case json::Kind::Null: return "";
    case json::Kind::Bool: return value->as_bool() ? "true" : "false";
    case json::Kind::Number: return number_text(*value);
    case json::Kind::String: return std::string(value->as_string());
    default: return json::print(*value, json::Escape::None);
  }
}

Result<ResourceConditions> ResourceConditions::parse(std::string_view success, std::string_view failure) {
  ResourceConditions out;
  auto good = LabelSelector::parse(success);
  if (!good.ok()) return Error(cat("success condition '", success, "' failed to parse: ", good.error().message()));
  auto bad = LabelSelector::parse(failure);
  if (!bad.ok()) return Error(cat("fail condition '", failure, "' failed to parse: ", bad.error().message()));
  out.success_ = std::move(*good);
  out.failure_ = std::move(*bad);
  return out;
}

Result<ResourceConditions::State> ResourceConditions::judge(const json::Value& object) const {
  const LookupText lookup = [&object](std::string_view path) { return text_at_path(object, path); };
  for (const auto& requirement : failure_.requirements()) {
    if (requirement.matches(lookup)) {
      return Error(cat("failure condition '", requirement.in_brackets(), "' evaluated true"));
    }
  }
  return success_.matches(lookup) ? State::Succeeded : State::Waiting;
}

}  // namespace wf::spec
