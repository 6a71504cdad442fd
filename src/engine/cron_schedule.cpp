// SPDX-License-Identifier: Apache-2.0
// When cron workflows run: slots, missed ones, the timer (CRN-1 to CRN-3, CRN-10, CRN-11, CRN-17).
#include <algorithm>

#include "base/text.h"
#include "engine/cron.h"
#include "expr/cron.h"

namespace wf::engine {
namespace {

using json::Value;
using Place = std::shared_ptr<const expr::Location>;
using std::chrono::seconds;

std::optional<Time> next_of(const expr::CronSchedule& schedule, Time after, const Place& place) {
  const Time whole = whole_seconds(after);
  const expr::Moment at{std::chrono::duration_cast<seconds>(whole.time_since_epoch()).count(),
                        static_cast<int32_t>((after - whole).count()), place};
  const auto next = schedule.next(at);
  if (!next) return std::nullopt;
  return Time(seconds(next->seconds)) + Duration(next->nanos);
}

std::optional<Time> last_scheduled(const Value& cron) {
  const auto time = parse_rfc3339(cron["status"]["lastScheduledTime"].as_string());
  return time.ok() ? std::optional(*time) : std::nullopt;
}

// The latest time between `last` and `now`, both excluded, that is later than `earliest`.
std::optional<Time> latest_between(const expr::CronSchedule& schedule, bool constant, Time last, Time now, Time earliest,
                                   const Place& place) {
  Time from = last;
  if (constant) {  // @every: steps from `last` on, all of one length
    const auto first = next_of(schedule, last, place);
    if (!first || *first >= now) return std::nullopt;
    const Duration step = *next_of(schedule, *first, place) - *first;
    from = *first + (now - Duration(1) - *first) / step * step;
    return from > earliest ? std::optional(from) : std::nullopt;
  }
  from = std::max(from, earliest);
  std::optional<Time> latest;
  for (auto next = next_of(schedule, from, place); next && *next < now; next = next_of(schedule, *next, place)) latest = next;
  return latest;
}

}  // namespace

std::string cron_schedule_text(const Value& cron) {
  const std::string_view zone = cron["spec"]["timezone"].as_string();
  const std::string prefix = zone.empty() ? "" : cat("CRON_TZ=", zone, " ");
  std::vector<std::string> schedules;
  for (const Value& schedule : cron["spec"]["schedules"].items()) schedules.push_back(cat(prefix, schedule.as_string()));
  return join(schedules, ",");
}

Result<std::optional<Time>> next_cron_slot(const Value& cron, Time after, Place place) {
  std::optional<Time> first;
  for (const Value& text : cron["spec"]["schedules"].items()) {
    TRY(const auto schedule, expr::CronSchedule::parse(text.as_string(), cron["spec"]["timezone"].as_string()));
    const auto next = next_of(schedule, after, place);
    if (next && (!first || *next < *first)) first = next;
  }
  return first;
}

Result<std::optional<Time>> missed_cron_slot(const Value& cron, Time now, Place place) {
  const auto last = last_scheduled(cron);
  const Value* used = cron["metadata"]["annotations"].find(kCronScheduleAnnotation);
  if (!last || !used || used->as_string() != cron_schedule_text(cron)) return std::optional<Time>();  // CRN-11
  const auto deadline = cron["spec"]["startingDeadlineSeconds"].as_int();
  for (const Value& text : cron["spec"]["schedules"].items()) {
    TRY(const auto schedule, expr::CronSchedule::parse(text.as_string(), cron["spec"]["timezone"].as_string()));
    if (!deadline) continue;
    const Time earliest = now - seconds(std::clamp<int64_t>(*deadline, 0, 1'000'000'000));
    const bool constant = text.as_string().find("@every") != std::string_view::npos;
    if (const auto missed = latest_between(schedule, constant, *last, now, earliest, place)) return missed;
  }
  return std::optional<Time>();
}

Result<std::optional<Time>> CronTimer::changed(const Value& cron, Time now) {
  next_ = std::nullopt;
  if (cron_completed(cron)) return std::optional<Time>();
  TRY(const auto missed, missed_cron_slot(cron, now, place_));
  TRY(next_, next_cron_slot(cron, now, place_));
  if (!missed || missed == made_up_) return std::optional<Time>();
  made_up_ = missed;
  return missed;
}

Result<std::optional<Time>> CronTimer::take(const Value& cron, Time now) {
  if (!next_ || now < *next_) return std::optional<Time>();
  const std::optional<Time> slot = next_;
  next_ = std::nullopt;
  if (cron_completed(cron)) return std::optional<Time>();
  TRY(next_, next_cron_slot(cron, now, place_));
  return slot;
}

std::string cron_child_name(const Value& cron, Time slot) {
  const auto unix_seconds = std::chrono::floor<seconds>(slot).time_since_epoch().count();
  return cat(cron["metadata"]["name"].as_string(), "-", unix_seconds);
}

}  // namespace wf::engine
