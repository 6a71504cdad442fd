// SPDX-License-Identifier: Apache-2.0
// print/object_screen.h: what `argo template get`, `argo cluster-template get`, `argo cron get` and
// `argo archive get` print of one object, and `argo cron backfill` of what it created.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "json/value.h"

namespace wf::print {

// A WorkflowTemplate, or a ClusterWorkflowTemplate, which has no namespace.
std::string template_screen(const json::Value& object, Time now);
std::string cron_screen(const json::Value& cron, Time now);
std::string archived_screen(const json::Value& workflow, Time now);

struct Backfill {
  std::string_view name, cron, start, end, where;  // `where` is the namespace
  size_t schedules;
  std::span<const std::string> workflows;
};
std::string backfill_screen(const Backfill& backfill);

// The earliest next time of a cron workflow's schedules; nothing where one of them is wrong or none
// has one. Schedules without a time zone are read in UTC.
std::optional<Time> next_run(const json::Value& cron, Time now);
std::string schedules_text(const json::Value& cron);  // "0 1 * * *,@daily"

}  // namespace wf::print
