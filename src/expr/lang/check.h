// SPDX-License-Identifier: Apache-2.0
// expr/lang/check.h: the types of an expression before it runs. What expr-lang's checker refuses is
// an error here, with the same text and place; unknown values (members of maps) are left for run
// time.
#pragma once
#include <optional>
#include <string_view>

#include "base/result.h"
#include "expr/lang/ast.h"

namespace wf::expr::lang {

// What the checker asks of an environment.
class Names {
 public:
  virtual ~Names() = default;
  // The nature of the value under a name; nothing where there is none.
  virtual std::optional<Nature> nature(std::string_view name) const = 0;
};

// Fills in natures and marks of what the checker looks at, and gives the nature of the whole.
Result<Nature> check(Tree& tree, const Names& names);

// Gives variables declared with let their places, and compiles what the checker did not look at.
// After check().
Result<void> resolve(Tree& tree);

}  // namespace wf::expr::lang
