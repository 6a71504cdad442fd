// SPDX-License-Identifier: Apache-2.0
#include "expr/expression_tag.h"

#include "base/text.h"

namespace wf::expr {

ExpressionTag::ExpressionTag(std::string_view text) : text_(text) {}

Result<void> ExpressionTag::replace(const Scope&, const Mode&, std::string&) const {
  return Error(cat("failed to evaluate expression: not supported: ", text_));
}

bool ExpressionTag::mentions(std::string_view name) const {
  return text_.find(name.substr(0, name.find('.'))) != std::string::npos;
}

}  // namespace wf::expr
