// SPDX-License-Identifier: Apache-2.0
// engine/cron.h: what cron workflows do and when (rules CRN): decisions only. Objects are decoded
// documents (spec/codec.h), times are arguments; who calls does what is decided and stores what
// changed. Used by control and by `argo simulate`. A cron workflow is driven so:
//
//   CronTimer timer;                          // one for each cron workflow
//   slot = timer.changed(cron, now);          // it was created or changed, or we have just started
//   slot = timer.take(now);                   // timer.next() has come
//   if (slot) run = begin_cron_run(cron, *slot, now, problem_of_spec);
//     → terminate run.terminate; submit run.workflow; then one of cron_submitted, cron_not_submitted,
//       cron_not_replaced; store the object
//   sync = sync_cron(cron, children, now);    // every ten seconds (CRN-14, CRN-15, CRN-16)
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "expr/gotime.h"
#include "json/value.h"

namespace wf::engine {

inline constexpr std::string_view kCronCompletedLabel = "cronworkflows.argoproj.io/completed";
inline constexpr std::string_view kCronScheduleAnnotation = "cronworkflows.argoproj.io/last-used-schedule";

// Whether it has stopped for good: it is left alone until its label is taken away (CRN-18).
bool cron_completed(const json::Value& cron);

// All its schedules with their time zone, as the annotation last-used-schedule holds them.
std::string cron_schedule_text(const json::Value& cron);

// The first time after `after` that any of its schedules names (CRN-1 to CRN-3); suspended or not.
// `place`: where schedules without a time zone are read; null: UTC. Errors: the parser's.
Result<std::optional<Time>> next_cron_slot(const json::Value& cron, Time after,
                                           std::shared_ptr<const expr::Location> place = nullptr);
// The one that was missed and may still be run (CRN-10, CRN-11).
Result<std::optional<Time>> missed_cron_slot(const json::Value& cron, Time now,
                                             std::shared_ptr<const expr::Location> place = nullptr);

class CronTimer {
 public:
  explicit CronTimer(std::shared_ptr<const expr::Location> place = nullptr) : place_(std::move(place)) {}

  // Sets the timer anew; gives a missed slot that is to be run now, each once.
  Result<std::optional<Time>> changed(const json::Value& cron, Time now);
  // The slot that is due, and sets the timer to the next one.
  Result<std::optional<Time>> take(const json::Value& cron, Time now);
  // When to call take; nothing: never.
  std::optional<Time> next() const { return next_; }

 private:
  std::shared_ptr<const expr::Location> place_;
  std::optional<Time> next_;
  std::optional<Time> made_up_;  // the last missed slot that was given
};

// "<cron>-<unix seconds>" (CRN-4).
std::string cron_child_name(const json::Value& cron, Time slot);

struct CronRun {
  json::Value cron;                    // to be stored, whatever comes of the run (CRN-6)
  std::vector<std::string> terminate;  // workflows to be terminated before (CRN-8); those that are
                                       // gone or shut down already are no failure
  json::Value workflow;                // then to be submitted; Null: nothing runs
};
// `problem`: why the cron workflow is invalid (validate::cron_workflow); "" if it isn't.
CronRun begin_cron_run(const json::Value& cron, Time slot, Time now, std::string_view problem);

// What became of it (CRN-8, CRN-9): the object to be stored. `created`: the workflow as stored.
json::Value cron_submitted(const json::Value& cron, Time slot, const json::Value& created);
json::Value cron_not_submitted(const json::Value& cron, const Error& error);
json::Value cron_not_replaced(const json::Value& cron, std::string_view workflow, const Error& error);

struct CronSync {
  json::Value cron;
  bool changed = false;             // it is to be stored
  std::vector<std::string> remove;  // finished workflows beyond the history (CRN-15)
};
// `children`: the workflows that it owns; of finished ones status.phase, status.finishedAt and
// metadata suffice.
CronSync sync_cron(const json::Value& cron, std::span<const json::Value> children, Time now);

}  // namespace wf::engine
