// SPDX-License-Identifier: Apache-2.0
#include "expr/cron.h"

#include "answer/tables.h"

namespace wf::answer {

Result<json::Value> cron(const json::Value& in) {
  TRY(const auto schedule, expr::CronSchedule::parse(in["schedule"].as_string(), in["timezone"].as_string()));
  TRY(expr::Moment time, expr::parse_time(expr::kRfc3339Nano, in["from"].as_string()));
  json::Value out = json::Value::array();
  for (int i = 0; i < 5; ++i) {
    const auto next = schedule.next(time);
    if (!next) break;
    time = *next;
    out.push_back(expr::format(time, expr::kRfc3339Nano));
  }
  return out;
}

}  // namespace wf::answer
