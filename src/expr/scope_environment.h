// SPDX-License-Identifier: Apache-2.0
// expr/scope_environment.h: the variables of a scope as expressions see them: dotted names are maps
// within maps ("steps.a.status" is steps → a → status), together with Argo's functions (XPR-1).
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "expr/program.h"
#include "expr/scope.h"

namespace wf::expr {

class ScopeEnvironment final : public Environment {
 public:
  // Only what lies under the mentioned paths is looked up, and when it is asked for. The scope is
  // not changed while this lives.
  ScopeEnvironment(const Scope& scope, const Mentions& mentions);
  // Everything in the scope.
  explicit ScopeEnvironment(const Scope& scope);

  std::optional<Any> find(std::string_view name) const override;
  Any whole() const override;
  std::optional<Time> now() const override;
  // Whether a dotted path leads to a value, also to nil (XPR-6).
  bool has_path(std::string_view path) const;

 private:
  std::optional<Any> built(const std::string& prefix,
                           const std::vector<std::string_view>& paths) const;
  Any built_map(const std::string& prefix, const std::vector<std::string_view>& paths) const;

  const Scope& scope_;
  bool everything_;
  std::vector<std::string> paths_;
  mutable std::map<std::string, std::optional<Any>, std::less<>> known_;
};

// eval_bool over a scope: retry expressions, hooks, exit handlers.
Result<bool> eval_bool(std::string_view text, const Scope& scope);
// The value of an expression over a scope: valueFrom.expression, fromExpression.
Result<Any> evaluate(std::string_view text, const Scope& scope);

}  // namespace wf::expr
