// SPDX-License-Identifier: Apache-2.0
// expr/when.h: the `when` of steps and tasks: a small language of comparisons in which bare words
// are strings (WHN-1 to WHN-11). It is not the language of {{=…}} tags and depends.
#pragma once
#include <string_view>

#include "base/result.h"

namespace wf::expr {

// Whether a step with this `when`, fully substituted, runs; an empty one does. The errors are Argo's
// texts, each beginning with what failed and the expression itself.
Result<bool> should_execute(std::string_view when);

enum class BareWords { AreStrings, AreErrors };

// The same for a cron workflow's `when`, where bare words are unknown parameters (CRN-13). The
// errors are those of the language alone.
Result<bool> evaluate_condition(std::string_view expression, BareWords bare_words);

}  // namespace wf::expr
