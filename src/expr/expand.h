// SPDX-License-Identifier: Apache-2.0
// expr/expand.h: a step or task with a loop as the copies that run, one an item (EXP-10 to EXP-14).
#pragma once
#include <vector>

#include "base/result.h"
#include "expr/scope.h"
#include "json/value.h"

namespace wf::expr {

// The copies of a step, in order of the items, each without its loop: tags replaced strictly over
// the item and `scope`, named after its item, `template` as it was. Errors are those of reading the
// items (expr/items.h) and of substitution.
Result<std::vector<json::Value>> expand_step(const json::Value& step, const Scope& scope);

// The same for a task of a DAG, which keeps its loop: the tags in that are replaced, too. A task
// without a loop gives itself.
Result<std::vector<json::Value>> expand_task(const json::Value& task, const Scope& scope);

}  // namespace wf::expr
