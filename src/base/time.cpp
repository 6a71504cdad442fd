// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <cstdio>

#include "base/text.h"

namespace wf {
namespace {

// Reads `count` decimal digits at `at`; -1 where there are none.
int digits(std::string_view text, size_t at, size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

std::string to_rfc3339(Time time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const auto second = duration_cast<seconds>(time - day).count();
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60),
                static_cast<int>(second % 60));
  return buffer;
}

Result<Time> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const auto bad = [&] { return Error(cat("'", text, "' is not a time like 2006-01-02T15:04:05Z")); };
  const int y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
  const int h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
  if (y < 0 || mo < 1 || d < 1 || h < 0 || mi < 0 || s < 0 || h > 23 || mi > 59 || s > 59) return bad();
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':') {
    return bad();
  }
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return bad();
  Time time = sys_days{date} + hours{h} + minutes{mi} + seconds{s};
  size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    int64_t scale = 100'000'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
      time += nanoseconds{(text[at] - '0') * scale};
    }
  }
  const std::string_view zone = text.substr(at);
  if (zone == "Z" || zone == "z") return time;
  const int zh = digits(zone, 1, 2), zm = digits(zone, 4, 2);
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || zh < 0 || zm < 0) return bad();
  const minutes offset{zh * 60 + zm};
  return zone[0] == '+' ? time - offset : time + offset;
}

}  // namespace wf
