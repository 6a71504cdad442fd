// SPDX-License-Identifier: Apache-2.0
// expr/expression_tag.h: one {{=expression}} of a template (rules XPR-2 to XPR-10). Only template.h
// uses it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expr/program.h"
#include "expr/scope.h"
#include "expr/scope_environment.h"
#include "expr/template.h"

namespace wf::expr {

class ExpressionTag {
 public:
  // `text` stands between `{{=` and `}}`, as written in JSON.
  explicit ExpressionTag(std::string_view text);
  // Appends the JSON-escaped result to `out`, or the tag itself where the mode lets it stay.
  Result<void> replace(const Scope& scope, const Mode& mode, std::string& out) const;
  bool mentions(std::string_view name) const;

 private:
  Result<void> evaluate_into(const ScopeEnvironment& environment, bool may_stay, bool may_fail,
                             const std::vector<std::string>& missing, std::string& out) const;
  void stay(std::string& out) const;

  std::string text_;        // with \u003c, \u003e and \u0026 written out
  std::string expression_;  // without JSON's escapes
  std::optional<Error> json_error_;
  std::optional<Mentions> mentions_;  // nothing where it does not parse
};

}  // namespace wf::expr
