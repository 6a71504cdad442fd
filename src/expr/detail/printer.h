// SPDX-License-Identifier: Apache-2.0
// expr/detail/printer.h: one value under one verb with its flags; the lower half of expr/gofmt.h.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "expr/any.h"

namespace wf::expr {

struct FormatFlags {
  bool sharp = false, zero = false, plus = false, minus = false, space = false;
  bool sharp_v = false, plus_v = false;  // '#' and '+' of %v mean something else
  std::optional<int> width, precision;

  void go_syntax() {
    sharp_v = sharp;
    plus_v = plus;
    sharp = plus = false;
  }
};

class Printer {
 public:
  std::string out;
  FormatFlags flags;

  // An argument of the format: %T and nil are special here only.
  void argument(const Any& value, char32_t verb);
  // A value, also one inside a list or map.
  void value(const Any& value, char32_t verb);

 private:
  void pad(std::string_view text);
  void pad_without_zeros(std::string_view text);
  void padding(size_t count);
  void text(std::string_view text, char32_t verb, const Any& whole);
  void hex_text(std::string_view text, bool upper);
  void quoted_text(std::string_view text);
  void integer(const Any& value, char32_t verb);
  void whole_number(uint64_t bits, bool is_signed, char32_t verb, int base, bool upper);
  void go_hexadecimal(uint64_t bits);
  void code_point(uint64_t code, char32_t verb);
  void unicode_number(uint64_t code);
  void real(const Any& value, char32_t verb);
  void real_digits(std::string digits, char32_t verb, int precision);
  void list(const Any& value, char32_t verb);
  void bytes(const Any& value, char32_t verb);
  void map(const Any& value, char32_t verb);
  void bad_verb(const Any& value, char32_t verb);
  bool describes_itself(const Any& value, char32_t verb);

  bool erroring_ = false;
  int depth_ = 0;  // of lists and maps around the value
};

}  // namespace wf::expr
