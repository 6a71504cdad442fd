// SPDX-License-Identifier: Apache-2.0
#include "engine/detail/variables.h"

namespace wf::engine {

void Globals::set(std::string_view key, std::string_view value) {
  const auto at = values_.find(key);
  if (at != values_.end()) {
    at->second = value;
  } else {
    values_.emplace(key, value);
  }
}

const std::string* Globals::text(std::string_view key) const {
  const auto at = values_.find(key);
  return at == values_.end() ? nullptr : &at->second;
}

expr::Variable Globals::find(std::string_view key) const {
  const std::string* value = text(key);
  return value == nullptr ? expr::Variable{} : expr::Variable::of(std::string_view(*value));
}

void Globals::visit_keys(std::string_view prefix, const Visit& visit) const {
  for (auto at = values_.lower_bound(prefix); at != values_.end() && at->first.starts_with(prefix); ++at) {
    visit(at->first);
  }
}

expr::Variable Layer::find(std::string_view key) const {
  for (const auto& [name, value] : over_) {
    if (name == key) return expr::Variable::of(std::string_view(value));
  }
  return under_.find(key);
}

void Layer::visit_keys(std::string_view prefix, const Visit& visit) const {
  for (const auto& [name, value] : over_) {
    if (name.starts_with(prefix)) visit(name);
  }
  under_.visit_keys(prefix, visit);
}

}  // namespace wf::engine
