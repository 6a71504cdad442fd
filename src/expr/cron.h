// SPDX-License-Identifier: Apache-2.0
// expr/cron.h: schedules of cron workflows: five fields, descriptors (@daily, @every 1h), a time zone
// in front (CRON_TZ=Europe/Berlin), and the next time they name (CRN-1 to CRN-3).
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "expr/gotime.h"

namespace wf::expr {

class CronSchedule {
 public:
  // Errors are those that users know: "expected exactly 5 fields, found 4: [* * * *]".
  static Result<CronSchedule> parse(std::string_view text);
  // With the workflow's `timezone` put in front, unless that is empty.
  static Result<CronSchedule> parse(std::string_view text, std::string_view timezone);

  // The first time after `after`; nothing where there is none within five years. A wall time that
  // daylight saving skips is passed over, one that it repeats counts twice. Without a time zone the
  // fields are read where `after` is.
  std::optional<Moment> next(const Moment& after) const;
  // The same with UTC as the place.
  std::optional<Time> next(Time after) const;

 private:
  // A set of numbers; the top bit tells that it was written as a star.
  using Set = uint64_t;
  enum Field { kMinute, kHour, kDay, kMonth, kWeekday };

  bool day_matches(const CivilTime& time) const;
  bool has(Field field, int number) const { return (fields_[field] >> number & 1u) != 0; }
  static Result<CronSchedule> parse_descriptor(std::string_view text);
  static Result<CronSchedule> parse_fields(std::string_view text);
  class Search;

  std::array<Set, 5> fields_{};
  Duration every_{};  // of @every, which has no fields
  std::shared_ptr<const Location> location_;  // null: that of the time asked about
};

}  // namespace wf::expr
