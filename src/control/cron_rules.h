// SPDX-License-Identifier: Apache-2.0
// control/cron_rules.h: what a CronWorkflow says about its runs (CRN). Pure: objects are decoded
// documents, times come in.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace wf::control {

// The schedules, each with the time zone in front (CRN-2); the legacy single `schedule` too.
std::vector<std::string> cron_schedules(const json::Value& cron);
// They joined, as the annotation last-used-schedule keeps them (CRN-6).
std::string cron_schedule_text(const json::Value& cron);
bool uses_new_schedule(const json::Value& cron);
bool cron_completed(const json::Value& cron);  // CRN-18

std::string cron_child_name(const json::Value& cron, Time scheduled);  // CRN-4

// The first time after `after` of any schedule; errors are those of the schedule that does not parse.
Result<std::optional<Time>> next_run(const json::Value& cron, Time after);
// A run that was missed and may still be made up for (CRN-10).
Result<std::optional<Time>> missed_run(const json::Value& cron, Time now);

// Whether `when` lets it run (CRN-13); whether its stopStrategy stops it (CRN-7).
Result<bool> cron_when_holds(const json::Value& cron, Time now);
Result<bool> cron_stops(const json::Value& cron);

// Changes of the object, to be saved by the caller.
void set_cron_stopped(json::Value& cron);  // CRN-7
void set_cron_condition(json::Value& cron, std::string_view type, const std::string& message);
void remove_cron_condition(json::Value& cron, std::string_view type);
void count_cron_end(json::Value& cron, std::string_view phase);  // CRN-14
void add_active(json::Value& cron, const json::Value& workflow);

// Of finished children (summaries), those beyond the history limits (CRN-15).
std::vector<json::Value> beyond_history(const json::Value& cron, std::vector<json::Value> children);

}  // namespace wf::control
