// SPDX-License-Identifier: Apache-2.0
// expr/detail/jq_syntax.h: jq as it is written today, rewritten as jq 1.6 reads it.
#pragma once
#include <string>
#include <string_view>

namespace wf::expr {

// Without its comments, with an `else .` in each `if` that has none, and `.[` for `.a.[`.
std::string jq_1_6(std::string_view filter);

// Whether there is nothing but white space and comments.
bool is_blank_jq(std::string_view filter);

// Definitions of what came after jq 1.6, and of what gojq does differently.
std::string_view jq_definitions();

}  // namespace wf::expr
