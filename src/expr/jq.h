// SPDX-License-Identifier: Apache-2.0
// expr/jq.h: the jq language, for output parameters with valueFrom.jqFilter. Argo runs gojq 0.12.19,
// this runs libjq 1.6 with what gojq has beyond it written in jq. Known differences: texts of errors;
// whole numbers beyond 2^53 (doubles here); regular expressions are Oniguruma's, not RE2's;
// `now` and the time functions read the machine's clock. The environment reads as empty.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace wf::expr {

// The results of the filter, a line each: texts as they are, others as JSON with sorted keys; without
// white space at both ends. An error ends it, also after some results.
Result<std::string> jq_filter(std::string_view filter, const json::Value& input);

}  // namespace wf::expr
