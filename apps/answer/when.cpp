// SPDX-License-Identifier: Apache-2.0
#include "expr/when.h"

#include "answer/tables.h"

namespace wf::answer {

Result<json::Value> when(const json::Value& in) {
  TRY(const bool runs, expr::should_execute(in["when"].as_string()));
  return json::Value(runs);
}

}  // namespace wf::answer
