// SPDX-License-Identifier: Apache-2.0
// expr/gotime_layout.h: the parts of a Go time layout. Shared by formatting and parsing times.
#pragma once
#include <cstdint>
#include <string_view>

namespace wf::expr {

enum class Element : uint8_t {
  End,  // no element: the rest of the layout is literal
  LongMonth,
  Month,
  NumMonth,
  ZeroMonth,
  LongWeekday,
  Weekday,
  Day,
  UnderDay,
  ZeroDay,
  UnderYearDay,
  ZeroYearDay,
  Hour,
  Hour12,
  ZeroHour12,
  Minute,
  ZeroMinute,
  Second,
  ZeroSecond,
  LongYear,
  Year,
  UpperPm,
  LowerPm,
  ZoneName,
  Offset,
  FractionZeros,  // ".000": that many digits
  FractionNines,  // ".999": without zeros at the end
};

struct LayoutPart {
  std::string_view literal;  // before the element
  Element element;
  std::string_view spelling;  // of the element, e.g. "Z07:00", ".000"

  // Of an Offset: what is written, and whether UTC is written Z.
  bool z() const { return spelling[0] == 'Z'; }
  bool colons() const { return spelling.find(':') != std::string_view::npos; }
  bool minutes() const { return spelling.size() > 3; }
  bool seconds() const { return spelling.size() > 6; }
};

// Takes the first element, and what stands before it, off the layout.
LayoutPart next_part(std::string_view& layout);

}  // namespace wf::expr
