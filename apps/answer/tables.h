// SPDX-License-Identifier: Apache-2.0
// answer/tables.h: one function a table: a row's `in` to its `out`. They call the rooms and hold no
// rule of their own.
#pragma once
#include "base/result.h"
#include "json/value.h"

namespace wf::answer {

using Answer = Result<json::Value> (*)(const json::Value& in);

Result<json::Value> names(const json::Value& in);
Result<json::Value> merge(const json::Value& in);
Result<json::Value> parse_objects(const json::Value& in);  // of table yaml
Result<json::Value> expr_bool(const json::Value& in);
Result<json::Value> template_simple(const json::Value& in);
Result<json::Value> depends_validate(const json::Value& in);  // a part of depends
Result<json::Value> yaml(const json::Value& in);
Result<json::Value> when(const json::Value& in);
Result<json::Value> duration_quantity(const json::Value& in);
Result<json::Value> with_items(const json::Value& in);
Result<json::Value> cron(const json::Value& in);
Result<json::Value> depends(const json::Value& in);
Result<json::Value> selectors(const json::Value& in);

}  // namespace wf::answer
