// SPDX-License-Identifier: Apache-2.0
// Texts to times by a layout, as Go's time.ParseInLocation reads them: more leniently than the
// layout would print, e.g. "2" also for 12, and a fraction of seconds where none is asked for.
#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/text.h"
#include "expr/gotime.h"
#include "expr/gotime_layout.h"

namespace wf::expr {
namespace {

bool is_digit(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    constexpr char kHex[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out.push_back('\\');
    if (byte >= 0x20 && byte < 0x80) {
      out.push_back(c);
    } else {
      out.append("\\x").push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out + "\"";
}

bool leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
int days_in(int month, int64_t year) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : kDays[month - 1];
}

bool equal_letters(std::string_view a, std::string_view b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if ((a[i] | 0x20) != (b[i] | 0x20)) return false;
  }
  return true;
}

class TimeParser {
 public:
  TimeParser(std::string_view layout, std::string_view text, std::shared_ptr<const Location> place)
      : layout_(layout),
        whole_layout_(layout),
        text_(text),
        whole_(text),
        place_(std::move(place)) {}

  Result<Moment> parse() {
    for (;;) {
      const LayoutPart part = next_part(layout_);
      if (!skip_literal(part.literal)) return bad(part.literal, text_);
      if (part.element == Element::End) break;
      const std::string_view before = text_;
      const bool read = take(part);
      if (!out_of_range_.empty()) return range(cat(out_of_range_, " out of range"));
      if (!read) return bad(part.spelling, before);
    }
    if (!text_.empty()) return range(cat("extra text: ", quoted(text_)));
    if (pm_ && hour_ < 12) hour_ += 12;
    if (am_ && hour_ == 12) hour_ = 0;
    TRY_DO(settle_date());
    return settle_zone();
  }

 private:
  Error bad(std::string_view layout_part, std::string_view text_part) const {
    return Error(cat("parsing time ", quoted(whole_), " as ", quoted(whole_layout_),
                     ": cannot parse ", quoted(text_part), " as ", quoted(layout_part)));
  }
  Error range(std::string_view what) const {
    return Error(cat("parsing time ", quoted(whole_), ": ", what));
  }

  // A space in the layout stands for any number of them, also none at the end.
  bool skip_literal(std::string_view literal) {
    const auto cut_space = [](std::string_view& t) {
      while (t.starts_with(' ')) t.remove_prefix(1);
    };
    while (!literal.empty()) {
      if (literal[0] == ' ') {
        if (!text_.empty() && text_[0] != ' ') return false;
        cut_space(literal);
        cut_space(text_);
        continue;
      }
      if (text_.empty() || text_[0] != literal[0]) return false;
      literal.remove_prefix(1);
      text_.remove_prefix(1);
    }
    return true;
  }

  // One or two digits; exactly two where `fixed`.
  bool number(int& out, bool fixed) {
    if (!is_digit(text_, 0) || (fixed && !is_digit(text_, 1))) return false;
    const size_t width = is_digit(text_, 1) ? 2 : 1;
    out = width == 1 ? text_[0] - '0' : (text_[0] - '0') * 10 + text_[1] - '0';
    text_.remove_prefix(width);
    return true;
  }
  bool ranged(int& out, bool fixed, int least, int most, std::string_view name) {
    const bool read = number(out, fixed);
    if (read && (out < least || out > most)) out_of_range_ = name;
    return read;
  }
  // Go's Atoi on exactly `width` bytes, which allows a sign.
  bool digits(int64_t& out, size_t width) {
    if (text_.size() < width) return false;
    std::string_view part = text_.substr(0, width);
    const bool negative = part[0] == '-';
    if (negative || part[0] == '+') part.remove_prefix(1);
    if (part.empty()) return false;
    out = 0;
    for (const char c : part) {
      if (c < '0' || c > '9') return false;
      out = out * 10 + c - '0';
    }
    if (negative) out = -out;
    text_.remove_prefix(width);
    return true;
  }

  template <class Name>
  bool name_of(Name name, int first, int last, bool full, int& out) {
    for (int i = first; i <= last; ++i) {
      const std::string_view wanted = full ? name(i) : name(i).substr(0, 3);
      if (text_.size() < wanted.size() || !equal_letters(text_.substr(0, wanted.size()), wanted))
        continue;
      text_.remove_prefix(wanted.size());
      out = i;
      return true;
    }
    return false;
  }

  bool take(const LayoutPart& part) {
    int ignored;
    switch (part.element) {
      case Element::End:
        return true;
      case Element::LongMonth:
        return name_of(month_name, 1, 12, true, month_);
      case Element::Month:
        return name_of(month_name, 1, 12, false, month_);
      case Element::NumMonth:
        return ranged(month_, false, 1, 12, "month");
      case Element::ZeroMonth:
        return ranged(month_, true, 1, 12, "month");
      case Element::LongWeekday:
        return name_of(weekday_name, 0, 6, true, ignored);
      case Element::Weekday:
        return name_of(weekday_name, 0, 6, false, ignored);
      case Element::UnderDay:
        if (text_.starts_with(' ')) text_.remove_prefix(1);
        return number(day_, false);
      case Element::Day:
        return number(day_, false);
      case Element::ZeroDay:
        return number(day_, true);
      case Element::UnderYearDay:
      case Element::ZeroYearDay:
        return take_year_day(part.element == Element::ZeroYearDay);
      case Element::Hour:
        return ranged(hour_, false, 0, 23, "hour");
      case Element::Hour12:
        return ranged(hour_, false, 0, 12, "hour");
      case Element::ZeroHour12:
        return ranged(hour_, true, 0, 12, "hour");
      case Element::Minute:
        return ranged(minute_, false, 0, 59, "minute");
      case Element::ZeroMinute:
        return ranged(minute_, true, 0, 59, "minute");
      case Element::Second:
        return take_second(false);
      case Element::ZeroSecond:
        return take_second(true);
      case Element::LongYear:
        return is_digit(text_, 0) && digits(year_, 4);
      case Element::Year:
        return take_short_year();
      case Element::UpperPm:
        return take_pm("PM", "AM");
      case Element::LowerPm:
        return take_pm("pm", "am");
      case Element::ZoneName:
        return take_zone_name();
      case Element::Offset:
        return take_offset(part);
      case Element::FractionZeros:
        return take_fraction(part.spelling.size());
      case Element::FractionNines:
        return take_any_fraction();
    }
    return false;
  }

  bool take_year_day(bool zeros) {
    for (int i = 0; i < 2 && !zeros && text_.starts_with(' '); ++i) text_.remove_prefix(1);
    int value = 0;
    size_t n = 0;
    for (; n < 3 && is_digit(text_, n); ++n) value = value * 10 + text_[n] - '0';
    if (n == 0 || (zeros && n != 3)) return false;
    text_.remove_prefix(n);
    year_day_ = value;
    return true;
  }

  bool take_second(bool zeros) {
    if (!ranged(second_, zeros, 0, 59, "second")) return false;
    if (!out_of_range_.empty() || !fraction_ahead()) return true;
    std::string_view rest = layout_;
    const Element next = next_part(rest).element;
    if (next == Element::FractionZeros || next == Element::FractionNines) return true;
    return take_any_fraction();
  }

  bool take_short_year() {
    if (!digits(year_, 2)) return false;
    year_ += year_ >= 69 ? 1900 : 2000;
    return true;
  }

  bool take_pm(std::string_view pm, std::string_view am) {
    pm_ = pm_ || text_.starts_with(pm);
    am_ = am_ || text_.starts_with(am);
    if (!text_.starts_with(pm) && !text_.starts_with(am)) return false;
    text_.remove_prefix(2);
    return true;
  }

  bool fraction_ahead() const {
    return text_.size() >= 2 && (text_[0] == '.' || text_[0] == ',') && is_digit(text_, 1);
  }
  bool take_any_fraction() {
    if (!fraction_ahead()) return true;
    size_t width = 1;
    while (is_digit(text_, width)) ++width;
    return take_fraction(width);
  }
  // A separator and `width` - 1 digits, of which nine count.
  bool take_fraction(size_t width) {
    if (text_.size() < width || (text_[0] != '.' && text_[0] != ',')) return false;
    nanos_ = 0;
    for (size_t i = 1; i < 10; ++i) {
      if (i < width && !is_digit(text_, i)) return false;
      nanos_ = nanos_ * 10 + (i < width ? text_[i] - '0' : 0);
    }
    text_.remove_prefix(width);
    return true;
  }

  bool take_offset(const LayoutPart& part) {
    if (part.z() && text_.starts_with('Z')) {
      text_.remove_prefix(1);
      utc_ = true;
      return true;
    }
    if (text_.size() < part.spelling.size()) return false;
    const char sign = text_[0];
    text_.remove_prefix(1);
    int parts[3] = {0, 0, 0};
    const int count = part.seconds() ? 3 : part.minutes() ? 2 : 1;
    for (int i = 0; i < count; ++i) {
      if (i > 0 && part.colons()) {
        if (text_[0] != ':') return false;
        text_.remove_prefix(1);
      }
      if (!number(parts[i], true)) return false;
    }
    if (parts[0] > 24) out_of_range_ = "time zone offset hour";
    if (parts[1] > 60) out_of_range_ = "time zone offset minute";
    if (parts[2] > 60) out_of_range_ = "time zone offset second";
    const int seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
    offset_ = sign == '-' ? -seconds : seconds;
    return sign == '+' || sign == '-';
  }

  static size_t signed_offset_length(std::string_view text) {
    if (text.empty() || (text[0] != '-' && text[0] != '+')) return 0;
    size_t end = 1;
    int value = 0;
    for (; is_digit(text, end) && end < 20; ++end)
      value = std::min(value * 10 + text[end] - '0', 1000);
    return end == 1 || value > 23 ? 0 : end;
  }
  // How long an abbreviation of a zone stands at the start; 0: none.
  static size_t zone_name_length(std::string_view text) {
    if (text.size() < 3) return 0;
    if (text.starts_with("ChST") || text.starts_with("MeST")) return 4;
    if (text.starts_with("GMT")) return 3 + signed_offset_length(text.substr(3));
    if (text[0] == '+' || text[0] == '-') return signed_offset_length(text);
    size_t upper = 0;
    while (upper < 6 && upper < text.size() && text[upper] >= 'A' && text[upper] <= 'Z') ++upper;
    if (upper == 5) return text[4] == 'T' ? 5 : 0;
    if (upper == 4) return text[3] == 'T' || text.starts_with("WITA") ? 4 : 0;
    return upper == 3 ? 3 : 0;
  }
  bool take_zone_name() {
    if (text_.starts_with("UTC")) {
      text_.remove_prefix(3);
      utc_ = true;
      return true;
    }
    const size_t length = zone_name_length(text_);
    zone_name_ = text_.substr(0, length);
    text_.remove_prefix(length);
    return length > 0;
  }

  Result<void> settle_date() {
    if (year_day_ >= 0) {
      if (year_day_ < 1 || year_day_ > (leap(year_) ? 366 : 365))
        return range("day-of-year out of range");
      int month = 1, day = year_day_;
      while (day > days_in(month, year_)) day -= days_in(month++, year_);
      if (month_ > 0 && month_ != month) return range("day-of-year does not match month");
      if (day_ >= 0 && day_ != day) return range("day-of-year does not match day");
      month_ = month;
      day_ = day;
    }
    if (month_ < 0) month_ = 1;
    if (day_ < 0) day_ = 1;
    if (day_ < 1 || day_ > days_in(month_, year_)) return range("day out of range");
    return {};
  }

  Moment at(std::shared_ptr<const Location> place) const {
    return date_of(year_, month_, day_, hour_, minute_, second_, nanos_, std::move(place));
  }
  Location::Offset offset_there(int64_t seconds) const {
    return place_ ? place_->offset_at(seconds) : Location::Offset{0, "UTC"};
  }

  Moment settle_zone() const {
    if (utc_) return at(nullptr);
    if (offset_) {
      Moment time = at(nullptr);
      time.seconds -= *offset_;
      const Location::Offset there = offset_there(time.seconds);
      const bool same =
          there.seconds == *offset_ && (zone_name_.empty() || there.abbreviation == zone_name_);
      time.location = same ? place_ : fixed_zone(zone_name_, *offset_);
      return time;
    }
    if (zone_name_.empty()) return at(place_);
    Moment time = at(nullptr);
    if (const auto known = offset_of_name(time.seconds)) {
      time.seconds -= *known;
      time.location = place_;
      return time;
    }
    int hours = 0;
    if (zone_name_.starts_with("GMT") && zone_name_.size() > 3)
      hours = std::atoi(std::string(zone_name_.substr(3)).c_str());
    time.location = fixed_zone(zone_name_, hours * 3600);
    return time;
  }

  // The offset that the abbreviation stands for in this place about this time.
  std::optional<int> offset_of_name(int64_t local_seconds) const {
    constexpr int64_t kHalfYear = 182 * 86'400;
    for (const int64_t shift : {int64_t{0}, kHalfYear, -kHalfYear}) {
      const Location::Offset there = offset_there(local_seconds + shift);
      if (there.abbreviation == zone_name_) return there.seconds;
    }
    return std::nullopt;
  }

  std::string_view layout_, whole_layout_, text_, whole_;
  std::shared_ptr<const Location> place_;
  std::string_view out_of_range_;
  int64_t year_ = 0;
  int month_ = -1, day_ = -1, year_day_ = -1, hour_ = 0, minute_ = 0, second_ = 0, nanos_ = 0;
  bool pm_ = false, am_ = false, utc_ = false;
  std::optional<int> offset_;
  std::string_view zone_name_;
};

}  // namespace

Result<Moment> parse_time(std::string_view layout, std::string_view text,
                          std::shared_ptr<const Location> place) {
  return TimeParser(layout, text, std::move(place)).parse();
}

}  // namespace wf::expr
