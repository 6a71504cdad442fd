// SPDX-License-Identifier: Apache-2.0
// expr/expression_tag.h: one {{=expression}} of a template (rules XPR-2 to XPR-10). Only template.h
// uses it.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "expr/scope.h"
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
  std::string text_;
};

}  // namespace wf::expr
