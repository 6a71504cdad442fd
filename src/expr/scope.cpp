// SPDX-License-Identifier: Apache-2.0
#include "expr/scope.h"

#include <algorithm>

namespace wf::expr {

Variable Variable::of(const Any& value) {
  if (value.is_nil()) return absent();
  if (value.is(types::kString)) return of(value.as_string());
  return {Is::Other, {}, value};
}

Any Variable::value() const {
  if (is == Is::Text) return text;
  return is == Is::Other ? other : Any();
}

bool Scope::has_keys(std::string_view prefix) const {
  bool found = false;
  visit_keys(prefix, [&](std::string_view) { found = true; });
  return found;
}

bool MapScope::has_keys(std::string_view prefix) const {
  const auto it = values_.lower_bound(prefix);
  return it != values_.end() && std::string_view(it->first).starts_with(prefix);
}

void MapScope::set(std::string_view key, Any value) {
  placeholders_ |= value.depth() > 0 || value.as_string().starts_with(kPlaceholder);
  values_.insert_or_assign(std::string(key), std::move(value));
}

void MapScope::erase(std::string_view key) {
  if (const auto it = values_.find(key); it != values_.end()) values_.erase(it);
}

Variable MapScope::find(std::string_view key) const {
  const auto it = values_.find(key);
  return it == values_.end() ? Variable{} : Variable::of(it->second);
}

void MapScope::visit_keys(std::string_view prefix, const Visit& visit) const {
  for (auto it = values_.lower_bound(prefix); it != values_.end(); ++it) {
    if (!std::string_view(it->first).starts_with(prefix)) break;
    visit(it->first);
  }
}

Variable LayeredScope::find(std::string_view key) const {
  for (const Scope* layer : layers_) {
    Variable found = layer->find(key);
    if (found.is != Variable::Is::Unknown) return found;
  }
  return {};
}

void LayeredScope::visit_keys(std::string_view prefix, const Visit& visit) const {
  for (const Scope* layer : layers_) layer->visit_keys(prefix, visit);
}

bool LayeredScope::has_keys(std::string_view prefix) const {
  return std::any_of(layers_.begin(), layers_.end(),
                     [&](const Scope* layer) { return layer->has_keys(prefix); });
}

const Clock* LayeredScope::clock() const {
  for (const Scope* layer : layers_) {
    if (const Clock* found = layer->clock()) return found;
  }
  return nullptr;
}

Random* LayeredScope::random() const {
  for (const Scope* layer : layers_) {
    if (Random* found = layer->random()) return found;
  }
  return nullptr;
}

bool LayeredScope::may_hold_placeholders() const {
  return std::any_of(layers_.begin(), layers_.end(),
                     [](const Scope* layer) { return layer->may_hold_placeholders(); });
}

}  // namespace wf::expr
