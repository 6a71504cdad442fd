// SPDX-License-Identifier: Apache-2.0
// engine/cron_backfill.h: `argo cron backfill`: workflows that run a cron workflow's workflow once for
// each slot of a stretch of time. Pure; called by the CLI.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace wf::engine {

struct BackfillOptions {
  std::string name;        // of the operation; the caller makes five random characters of none
  std::string start, end;  // in `format`; no end: now
  std::string format = "Mon, 02 Jan 2006 15:04:05 MST";  // a Go layout
  std::string argument_name = "cronScheduleTime";        // the parameter that gets the slot's time
  bool parallel = false;
  int max_workflow_count = 1000;  // slots for each workflow that is created
};
struct Backfill {
  std::vector<json::Value> workflows;  // to be created, in order; none: there is no slot
  size_t slots = 0;
  std::string end;                     // as it is shown
};
// Errors: times that cannot be read (Go's words), schedules (the parser's), no start.
Result<Backfill> plan_backfill(const json::Value& cron, const BackfillOptions& options, Time now);

}  // namespace wf::engine
