// SPDX-License-Identifier: Apache-2.0
#include "expr/cron.h"

#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/gofmt_number.h"
#include "expr/unicode.h"

namespace wf::expr {
namespace {

constexpr uint64_t kStar = uint64_t{1} << 63;

struct Bounds {
  uint64_t min, max;
  std::vector<std::string_view> names;  // of min, min + 1, …
};

const std::array<Bounds, 5>& bounds() {
  static const std::array<Bounds, 5> kBounds = {{
      {0, 59, {}},
      {0, 23, {}},
      {1, 31, {}},
      {1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
      {0, 6, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
  }};
  return kBounds;
}

Result<uint64_t> number_in(std::string_view text) {
  const auto number = atoi(text);
  if (number.error) return Error(cat("failed to parse int from ", text, ": ", number.error->message()));
  if (number.value < 0) return Error(cat("negative number (", number.value, ") not allowed: ", text));
  return static_cast<uint64_t>(number.value);
}

Result<uint64_t> number_or_name(std::string_view text, const Bounds& bounds) {
  const std::string name = unicode::lower(text);
  for (size_t i = 0; i < bounds.names.size(); ++i) {
    if (bounds.names[i] == name) return bounds.min + i;
  }
  return number_in(text);
}

struct Range {
  uint64_t first, last, step = 1;
  bool star = false;
};

uint64_t numbers_of(const Range& range) {
  uint64_t set = range.star && range.step == 1 ? kStar : 0;
  for (uint64_t i = range.first; i <= range.last; i += range.step) set |= uint64_t{1} << i;
  return set;
}

Result<void> check_range(const Range& range, const Bounds& bounds, std::string_view text) {
  if (range.first < bounds.min) {
    return Error(cat("beginning of range (", range.first, ") below minimum (", bounds.min, "): ", text));
  }
  if (range.last > bounds.max) {
    return Error(cat("end of range (", range.last, ") above maximum (", bounds.max, "): ", text));
  }
  if (range.first > range.last) {
    return Error(cat("beginning of range (", range.first, ") beyond end of range (", range.last, "): ", text));
  }
  if (range.step == 0) return Error(cat("step of range should be a positive number: ", text));
  return {};
}

// `*`, `5`, `1-5`, each with `/step`; `5/step` goes on to the largest number.
Result<uint64_t> numbers_in_range(std::string_view text, const Bounds& bounds) {
  const auto parts = split(text, "/");
  const auto ends = split(parts[0], "-");
  Range range{bounds.min, bounds.max};
  range.star = ends[0] == "*" || ends[0] == "?";
  if (!range.star) {
    TRY(range.first, number_or_name(ends[0], bounds));
    range.last = range.first;
    if (ends.size() == 2) {
      TRY(range.last, number_or_name(ends[1], bounds));
    }
    if (ends.size() > 2) return Error(cat("too many hyphens: ", text));
  }
  if (parts.size() > 2) return Error(cat("too many slashes: ", text));
  if (parts.size() == 2) {
    TRY(range.step, number_in(parts[1]));
    if (ends.size() == 1) range.last = bounds.max;
  }
  TRY_DO(check_range(range, bounds, text));
  return numbers_of(range);
}

Result<uint64_t> numbers_in(std::string_view field, const Bounds& bounds) {
  uint64_t set = 0;
  for (const auto part : split(field, ",")) {
    if (part.empty()) continue;
    TRY(const uint64_t numbers, numbers_in_range(part, bounds));
    set |= numbers;
  }
  return set;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool open = false;
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    if (is_space(rune.value)) {
      open = false;
    } else {
      if (!open) words.emplace_back();
      open = true;
      words.back().append(text.substr(0, rune.width));
    }
    text.remove_prefix(rune.width);
  }
  return words;
}

}  // namespace

Result<CronSchedule> CronSchedule::parse(std::string_view text, std::string_view timezone) {
  if (timezone.empty()) return parse(text);
  return parse(cat("CRON_TZ=", timezone, " ", text));
}

Result<CronSchedule> CronSchedule::parse(std::string_view text) {
  if (text.empty()) return Error("empty spec string");
  std::shared_ptr<const Location> location;
  if (text.starts_with("TZ=") || text.starts_with("CRON_TZ=")) {
    const size_t from = text.find('=') + 1, end = text.find(' ');
    if (end == std::string_view::npos) return Error(cat("nothing follows the time zone: ", text));
    const auto name = text.substr(from, end - from);
    auto loaded = load_location(name);
    if (!loaded.ok()) return Error(cat("provided bad location ", name, ": ", loaded.error().message()));
    // "Local" is the place of the time asked about, as without a time zone.
    if (name != "Local") location = std::move(*loaded);
    text = trim_space(text.substr(end));
  }
  TRY(CronSchedule schedule, text.starts_with('@') ? parse_descriptor(text) : parse_fields(text));
  schedule.location_ = std::move(location);
  return schedule;
}

Result<CronSchedule> CronSchedule::parse_fields(std::string_view text) {
  const auto words = words_of(text);
  if (words.size() != 5) {
    return Error(cat("expected exactly 5 fields, found ", words.size(), ": [", join(words, " "), "]"));
  }
  CronSchedule schedule;
  for (size_t i = 0; i < words.size(); ++i) {
    TRY(schedule.fields_[i], numbers_in(words[i], bounds()[i]));
  }
  return schedule;
}

Result<CronSchedule> CronSchedule::parse_descriptor(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kDescriptors[] = {
      {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
      {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@hourly", "0 * * * *"}};
  for (const auto& [name, fields] : kDescriptors) {
    if (text == name) return parse_fields(fields);
  }
  constexpr std::string_view kEvery = "@every ";
  if (!text.starts_with(kEvery)) return Error(cat("unrecognized descriptor: ", text));
  const auto duration = parse_duration(text.substr(kEvery.size()));
  if (!duration.ok()) return Error(cat("failed to parse duration ", text, ": ", duration.error().message()));
  CronSchedule schedule;
  schedule.every_ = std::max<Duration>(std::chrono::floor<std::chrono::seconds>(Duration(*duration)), std::chrono::seconds(1));
  return schedule;
}

bool CronSchedule::day_matches(const CivilTime& time) const {
  const bool day = has(kDay, time.day), weekday = has(kWeekday, time.weekday);
  if ((fields_[kDay] & kStar) != 0 || (fields_[kWeekday] & kStar) != 0) return day && weekday;
  return day || weekday;
}

// Goes forward field by field, from months to minutes, and starts over where a larger field changes.
class CronSchedule::Search {
 public:
  Search(const CronSchedule& schedule, const Moment& after, std::shared_ptr<const Location> place)
      : schedule_(schedule), place_(std::move(place)) {
    move_to(in_location(add(after, kASecond.count() - after.nanos), place_));
    year_max_ = civil_.year + 5;
  }

  std::optional<Moment> first() {
    while (civil_.year <= year_max_) {
      if (months() && days() && hours() && minutes()) {
        if (civil_.second == 0) return now_;
        // Only the time that was asked about has seconds.
        moved_ = true;
        move_to(add(now_, (60 - civil_.second) * kASecond.count()));
      }
      if (++turns_ > kTurnsMax) return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  static constexpr Duration kASecond = std::chrono::seconds(1), kAMinute = std::chrono::minutes(1),
                           kAnHour = std::chrono::hours(1);
  static constexpr int kTurnsMax = 100'000;  // some calendars lead round in circles

  void move_to(const Moment& time) {
    now_ = time;
    civil_ = civil(now_);
  }
  Moment at(int64_t year, int month, int day, int hour) const {
    return date_of(year, month, day, hour, 0, 0, 0, place_);
  }
  Moment truncated(int64_t seconds) const {
    Moment time = now_;
    time.nanos = 0;
    time.seconds -= ((time.seconds % seconds) + seconds) % seconds;
    return time;
  }
  // The first step forward begins at the start of the field that moves.
  void begin_at(const Moment& start) {
    if (!moved_) move_to(start);
    moved_ = true;
  }
  // t.AddDate(0, months, days)
  void add_date(int months, int days) {
    move_to(date_of(civil_.year, civil_.month + months, civil_.day + days, civil_.hour, civil_.minute, civil_.second,
                    civil_.nanos, place_));
  }

  // Each of these is false where the search has to start over with the months.
  bool months() {
    while (!schedule_.has(kMonth, civil_.month)) {
      begin_at(at(civil_.year, civil_.month, 1, 0));
      add_date(1, 0);
      if (civil_.month == 1) return false;
    }
    return true;
  }
  bool days() {
    while (!schedule_.day_matches(civil_)) {
      begin_at(at(civil_.year, civil_.month, civil_.day, 0));
      add_date(0, 1);
      // Where daylight saving takes midnight away the day begins an hour off.
      if (civil_.hour != 0) {
        const int back = civil_.hour > 12 ? civil_.hour - 24 : civil_.hour;
        move_to(add(now_, -back * kAnHour.count()));
      }
      if (civil_.day == 1 || ++turns_ > kTurnsMax) return false;
    }
    return true;
  }
  bool hours() {
    while (!schedule_.has(kHour, civil_.hour)) {
      begin_at(at(civil_.year, civil_.month, civil_.day, civil_.hour));
      move_to(add(now_, kAnHour.count()));
      if (civil_.hour == 0) return false;
    }
    return true;
  }
  bool minutes() {
    while (!schedule_.has(kMinute, civil_.minute)) {
      begin_at(truncated(60));
      move_to(add(now_, kAMinute.count()));
      if (civil_.minute == 0) return false;
    }
    return true;
  }

  const CronSchedule& schedule_;
  std::shared_ptr<const Location> place_;
  Moment now_;
  CivilTime civil_{};
  int64_t year_max_ = 0;
  bool moved_ = false;
  int turns_ = 0;
};

std::optional<Moment> CronSchedule::next(const Moment& after) const {
  if (every_ > Duration::zero()) return add(after, every_.count() - after.nanos);
  for (const Set set : fields_) {
    if (set == 0) return std::nullopt;
  }
  auto found = Search(*this, after, location_ ? location_ : after.location).first();
  if (found) found = in_location(*found, after.location);
  return found;
}

std::optional<Time> CronSchedule::next(Time after) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(after);
  const Moment from{seconds.time_since_epoch().count(), static_cast<int32_t>((after - seconds).count()), nullptr};
  const auto found = next(from);
  if (!found) return std::nullopt;
  return Time(std::chrono::seconds(found->seconds)) + Duration(found->nanos);
}

}  // namespace wf::expr
