// SPDX-License-Identifier: Apache-2.0
#include "spec/nearest.h"

#include <algorithm>
#include <string>
#include <vector>

namespace wf::spec {
namespace {

// Longer names are not compared: they cannot be a slip in a field's name.
constexpr size_t kLengthMax = 64;

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      next[j] = std::min({changed, row[j] + 1, next[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row[b.size()];
}

std::string_view nearest_name(std::span<const std::string_view> names, std::string_view name) {
  if (name.empty() || name.size() > kLengthMax) return "";
  const std::string wanted = folded(name);
  size_t best = std::max<size_t>(1, name.size() / 3) + 1;  // one slip, or a third of the name
  std::string_view nearest;
  for (const std::string_view candidate : names) {
    const size_t distance = edit_distance(wanted, folded(candidate));
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

std::string_view nearest_field(const Type& type, std::string_view name) {
  std::vector<std::string_view> names;
  for (const Field& field : type.fields) names.push_back(field.name);
  return nearest_name(names, name);
}

}  // namespace wf::spec
