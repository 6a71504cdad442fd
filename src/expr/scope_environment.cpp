// SPDX-License-Identifier: Apache-2.0
#include "expr/scope_environment.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "expr/argo_functions.h"

namespace wf::expr {
namespace {

// The first segment of `key` behind `prefix`.
std::string_view segment_after(std::string_view key, std::string_view prefix) {
  key.remove_prefix(prefix.size());
  return key.substr(0, key.find('.'));
}

}  // namespace

ScopeEnvironment::ScopeEnvironment(const Scope& scope, const Mentions& mentions)
    : scope_(scope), everything_(mentions.everything), paths_(mentions.paths) {}

ScopeEnvironment::ScopeEnvironment(const Scope& scope) : scope_(scope), everything_(true) {}

std::optional<Any> ScopeEnvironment::find(std::string_view name) const {
  if (auto function = argo_function(name, {scope_.clock(), scope_.random()})) return function;
  if (const auto it = known_.find(name); it != known_.end()) return it->second;
  std::vector<std::string_view> below;  // what is mentioned below the name; empty: all of it
  bool all = everything_;
  for (const std::string_view path : paths_) {
    if (path == name) all = true;
    if (path.starts_with(name) && path.size() > name.size() && path[name.size()] == '.')
      below.push_back(path);
  }
  if (all) below.clear();
  return known_.emplace(std::string(name), built(std::string(name), below)).first->second;
}

// The value at a name: a map where there are longer names, also when the name itself is one
// (XPR-2).
std::optional<Any> ScopeEnvironment::built(const std::string& name,
                                           const std::vector<std::string_view>& paths) const {
  if (scope_.has_keys(name + ".")) return built_map(name + ".", paths);
  const Variable found = scope_.find(name);
  if (found.is == Variable::Is::Unknown) return std::nullopt;
  return found.value();
}

Any ScopeEnvironment::built_map(const std::string& prefix,
                                const std::vector<std::string_view>& paths) const {
  std::map<std::string, std::vector<std::string_view>, std::less<>> wanted;
  if (paths.empty()) {
    scope_.visit_keys(prefix, [&](std::string_view key) {
      wanted.try_emplace(std::string(segment_after(key, prefix)));
    });
  }
  std::set<std::string_view> whole;  // segments of which all is wanted
  for (const std::string_view path : paths) {
    const std::string_view segment = segment_after(path, prefix);
    wanted[std::string(segment)].push_back(path);
    if (path.size() == prefix.size() + segment.size()) whole.insert(segment);
  }
  Map out;
  for (auto& [segment, below] : wanted) {
    if (whole.count(segment)) below.clear();
    if (auto value = built(prefix + segment, below))
      out.insert_or_assign(Any(segment), std::move(*value));
  }
  return out;
}

Any ScopeEnvironment::whole() const {
  std::set<std::string> roots;
  scope_.visit_keys("", [&](std::string_view key) { roots.emplace(segment_after(key, "")); });
  Map out = argo_functions({scope_.clock(), scope_.random()});
  for (const std::string& root : roots) {
    if (auto value = find(root)) out.insert({Any(root), std::move(*value)});
  }
  return out;
}

std::optional<Time> ScopeEnvironment::now() const {
  const Clock* clock = scope_.clock();
  return clock ? std::optional<Time>(clock->now()) : std::nullopt;
}

bool ScopeEnvironment::has_path(std::string_view path) const {
  const std::vector<std::string_view> parts = split(path, ".");
  const std::optional<Any> root = find(parts[0]);
  if (!root) return false;
  Any at = *root;
  for (size_t i = 1; i < parts.size(); ++i) {
    const Any* found = at.is_map() ? at.find(parts[i]) : nullptr;
    if (!found) return false;
    at = Any(*found);
  }
  return true;
}

Result<bool> eval_bool(std::string_view text, const Scope& scope) {
  const auto mentions = mentions_of(text);
  if (!mentions.ok()) return eval_bool(text, ScopeEnvironment(scope));
  return eval_bool(text, ScopeEnvironment(scope, *mentions));
}

Result<Any> evaluate(std::string_view text, const Scope& scope) {
  const auto mentions = mentions_of(text);
  if (!mentions.ok()) return evaluate(text, ScopeEnvironment(scope));
  return evaluate(text, ScopeEnvironment(scope, *mentions));
}

}  // namespace wf::expr
