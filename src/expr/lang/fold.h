// SPDX-License-Identifier: Apache-2.0
// expr/lang/fold.h: what expr-lang's optimizer does to an expression, as far as it can be seen:
// constants are computed before anything runs (so `true || 1 % 0 == 1` fails), branches that cannot
// matter go away with their errors, and some loops stop early.
#pragma once
#include "base/result.h"
#include "expr/lang/ast.h"

namespace wf::expr::lang {

// For a checked tree.
Result<void> fold(Tree& tree);

}  // namespace wf::expr::lang
