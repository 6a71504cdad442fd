// SPDX-License-Identifier: Apache-2.0
#include "json/pointer.h"

#include <charconv>

#include "base/text.h"

namespace wf::json {

std::string escaped_part(std::string_view part) {
  if (part.find_first_of("~/") == std::string_view::npos) return std::string(part);
  return replace_all(replace_all(part, "~", "~0"), "/", "~1");
}

Result<std::vector<std::string>> pointer_parts(std::string_view pointer) {
  std::vector<std::string> parts;
  if (pointer.empty()) return parts;
  if (pointer[0] != '/') return Error(cat("JSON pointer must begin with '/': ", go_quote(pointer)));
  for (const std::string_view part : split(pointer.substr(1), "/")) {
    parts.push_back(replace_all(replace_all(part, "~1", "/"), "~0", "~"));
  }
  return parts;
}

std::optional<size_t> pointer_index(std::string_view part) {
  size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  if (part.size() > 1 && part[0] == '0') return std::nullopt;
  return index;
}

const Value* find(const Value& document, std::string_view pointer) {
  const auto parts = pointer_parts(pointer);
  if (!parts.ok()) return nullptr;
  const Value* at = &document;
  for (const std::string& part : *parts) {
    if (at->is_array()) {
      const auto index = pointer_index(part);
      if (!index || *index >= at->size()) return nullptr;
      at = &at->items()[*index];
    } else {
      at = at->find(part);
      if (at == nullptr) return nullptr;
    }
  }
  return at;
}

}  // namespace wf::json
