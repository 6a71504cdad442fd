// SPDX-License-Identifier: Apache-2.0
// store/detail/workflow_row.h: a workflow (without nodes) as the texts of its row, and back.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"
#include "store/object_store.h"

namespace wf::store::detail {

struct WorkflowRow {
  std::string metadata, summary, spec, status;
  std::string started;  // status.startedAt, else the creation time
  bool completed = false;
};

enum class WithSpec { No, Yes };
WorkflowRow to_row(const json::Value& workflow, WithSpec with_spec);

// From the texts of a row.
Result<json::Value> summary_from(std::string_view metadata, std::string_view summary);
Result<json::Value> header_from(std::string_view metadata, std::string_view spec, std::string_view status);

}  // namespace wf::store::detail
