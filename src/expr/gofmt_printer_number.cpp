// SPDX-License-Identifier: Apache-2.0
// Numbers under a verb.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "expr/detail/printer.h"
#include "expr/gofmt.h"
#include "expr/gofmt_number.h"

namespace wf::expr {
namespace {

std::string quoted_rune(char32_t rune, bool ascii) {
  std::string text;
  append_rune(text, rune);
  if (rune == '"') return "'\"'";
  if (rune == '\'') return "'\\''";
  std::string out = ascii ? quote_ascii(text) : go_quote(text);
  out.front() = out.back() = '\'';
  return out;
}

// A float32 has as many digits as tell it from other float32s.
std::string shortest_single(double value, char verb) {
  for (int digits = 1; digits < 9; ++digits) {
    const double back = parse_float(format_float(value, 'e', digits - 1)).value;
    if (static_cast<float>(back) == static_cast<float>(value)) return format_float(back, verb);
  }
  return format_float(parse_float(format_float(value, 'e', 8)).value, verb);
}

}  // namespace

void Printer::integer(const Any& value, char32_t verb) {
  const bool is_signed = expr::is_signed(value.kind());
  const uint64_t bits = value.as_uint();
  switch (verb) {
    case 'v':
      if (flags.sharp_v && !is_signed) go_hexadecimal(bits);
      else whole_number(bits, is_signed, verb, 10, false);
      break;
    case 'd': whole_number(bits, is_signed, verb, 10, false); break;
    case 'b': whole_number(bits, is_signed, verb, 2, false); break;
    case 'o':
    case 'O': whole_number(bits, is_signed, verb, 8, false); break;
    case 'x': whole_number(bits, is_signed, verb, 16, false); break;
    case 'X': whole_number(bits, is_signed, verb, 16, true); break;
    case 'c':
    case 'q': code_point(bits, verb); break;
    case 'U': unicode_number(bits); break;
    default: bad_verb(value, verb);
  }
}

void Printer::go_hexadecimal(uint64_t bits) {
  const bool sharp = flags.sharp;
  flags.sharp = true;
  whole_number(bits, false, 'v', 16, false);
  flags.sharp = sharp;
}

void Printer::whole_number(uint64_t bits, bool is_signed, char32_t verb, int base, bool upper) {
  const bool negative = is_signed && static_cast<int64_t>(bits) < 0;
  const uint64_t magnitude = negative ? 0 - bits : bits;
  size_t digits_min = 0;
  if (flags.precision) {
    if (*flags.precision == 0 && magnitude == 0) return pad_without_zeros("");
    digits_min = static_cast<size_t>(*flags.precision);
  } else if (flags.zero && !flags.minus && flags.width) {
    const bool sign = negative || flags.plus || flags.space;
    const auto width = static_cast<size_t>(*flags.width);
    digits_min = sign && width > 0 ? width - 1 : width;
  }
  std::string digits = format_uint(magnitude, base);
  if (digits.size() < digits_min) digits.insert(0, digits_min - digits.size(), '0');
  if (flags.sharp && base == 2) digits.insert(0, "0b");
  if (flags.sharp && base == 8 && digits[0] != '0') digits.insert(0, "0");
  if (flags.sharp && base == 16) digits.insert(0, "0x");
  if (verb == 'O') digits.insert(0, "0o");
  if (upper) {
    for (char& c : digits) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  if (negative) digits.insert(0, "-");
  else if (flags.plus) digits.insert(0, "+");
  else if (flags.space) digits.insert(0, " ");
  pad_without_zeros(digits);
}

void Printer::code_point(uint64_t code, char32_t verb) {
  const char32_t rune = code > 0x10FFFF ? kRuneError : static_cast<char32_t>(code);
  if (verb == 'q') return pad(quoted_rune(rune, flags.plus));
  std::string text;
  append_rune(text, rune);
  pad(text);
}

void Printer::unicode_number(uint64_t code) {
  std::string digits = format_uint(code, 16);
  for (char& c : digits) c = c >= 'a' ? static_cast<char>(c - 32) : c;
  const auto digits_min = static_cast<size_t>(std::max(flags.precision.value_or(4), 4));
  if (digits.size() < digits_min) digits.insert(0, digits_min - digits.size(), '0');
  std::string out_text = "U+" + digits;
  if (flags.sharp && code <= 0x10FFFF && is_printable(static_cast<char32_t>(code))) {
    out_text += " '";
    append_rune(out_text, static_cast<char32_t>(code));
    out_text += "'";
  }
  pad_without_zeros(out_text);
}

void Printer::real(const Any& value, char32_t verb) {
  int precision = -1;
  char layout = 'g';
  switch (verb) {
    case 'v': break;
    case 'b': case 'g': case 'G': case 'x': case 'X': layout = static_cast<char>(verb); break;
    case 'f': case 'e': case 'E': case 'F':
      layout = verb == 'F' ? 'f' : static_cast<char>(verb);
      precision = 6;
      break;
    default: return bad_verb(value, verb);
  }
  if (flags.precision) precision = *flags.precision;
  const bool single = value.kind() == Kind::Float32 && precision < 0;
  real_digits(single ? shortest_single(value.as_float(), layout)
                     : format_float(value.as_float(), layout, precision),
              verb, precision);
}

// '#' keeps the decimal point and, for %g, the zeros up to the precision.
static std::string with_decimal_point(const std::string& digits, char32_t verb, int precision) {
  const bool general = verb == 'v' || verb == 'g' || verb == 'G' || verb == 'x';
  int missing = general ? (precision < 0 ? 6 : precision) : 0;
  const bool hex = verb == 'x' || verb == 'X';
  const size_t tail_at = std::min(digits.find_first_of(hex ? "pP" : "eE"), digits.size());
  std::string head = digits.substr(0, tail_at);
  bool point = false, nonzero = false;
  for (const char c : head.substr(1)) {
    if (c == '.') {
      point = true;
      continue;
    }
    if (c != '0') nonzero = true;
    if (nonzero) --missing;
  }
  if (!point) {
    if (head.size() == 2 && head[1] == '0') --missing;
    head.push_back('.');
  }
  if (missing > 0) head.append(static_cast<size_t>(missing), '0');
  return head + digits.substr(tail_at);
}

void Printer::real_digits(std::string digits, char32_t verb, int precision) {
  if (digits[0] != '-' && digits[0] != '+') digits.insert(0, "+");
  if (flags.space && digits[0] == '+' && !flags.plus) digits[0] = ' ';
  if (digits[1] == 'I' || digits[1] == 'N') {
    const bool drop_sign = digits[1] == 'N' ? !flags.space && !flags.plus
                                            : digits[0] == '+' && !flags.plus;
    return pad_without_zeros(drop_sign && digits[1] == 'N' ? digits.substr(1) : digits);
  }
  if (flags.sharp && verb != 'b') digits = with_decimal_point(digits, verb, precision);
  if (!flags.plus && digits[0] == '+') return pad(std::string_view(digits).substr(1));
  const auto width = static_cast<size_t>(flags.width.value_or(0));
  if (flags.zero && !flags.minus && width > digits.size()) {
    out.push_back(digits[0]);
    padding(width - digits.size());
    out += digits.substr(1);
    return;
  }
  pad(digits);
}

}  // namespace wf::expr
