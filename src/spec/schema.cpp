// SPDX-License-Identifier: Apache-2.0
#include "spec/schema.h"

#include <algorithm>

namespace wf::spec {
namespace {

// The next letter of `text` as encoding/json folds it: ASCII without case, and the two other
// letters (the long s and the Kelvin sign) that Unicode folds to ASCII ones.
char next_folded(std::string_view text, size_t& at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("\xc5\xbf")) return at += 2, 's';
  if (rest.starts_with("\xe2\x84\xaa")) return at += 3, 'k';
  const char c = text[at++];
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_folded(std::string_view a, std::string_view b) {
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (next_folded(a, i) != next_folded(b, j)) return false;
  }
  return i == a.size() && j == b.size();
}

}  // namespace

const Type* find_type(std::string_view name) {
  const auto types = struct_types();
  const auto found = std::lower_bound(
      types.begin(), types.end(), name,
      [](const Type* type, std::string_view wanted) { return type->name < wanted; });
  return found != types.end() && (*found)->name == name ? *found : nullptr;
}

const Field* find_field(const Type& type, std::string_view name) {
  const auto found = std::lower_bound(
      type.by_name.begin(), type.by_name.end(), name,
      [&](uint16_t index, std::string_view wanted) { return type.fields[index].name < wanted; });
  if (found == type.by_name.end() || type.fields[*found].name != name) return nullptr;
  return &type.fields[*found];
}

const Field* find_field_folded(const Type& type, std::string_view name) {
  if (const Field* exact = find_field(type, name)) return exact;
  for (const Field& field : type.fields) {
    if (equal_folded(field.name, name)) return &field;
  }
  return nullptr;
}

}  // namespace wf::spec
