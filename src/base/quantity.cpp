// SPDX-License-Identifier: Apache-2.0
#include "base/quantity.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.h"

namespace wf {
namespace {

using Format = Quantity::Format;

constexpr std::string_view kPattern = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$";
constexpr int kExponentMin = -9;         // nothing is smaller than a billionth
constexpr int kExponentMax = 100'000;    // beyond that only digits would be written
constexpr int kSmallDigits = 18;         // so many always fit 64 bits

Error wrong_format() { return Error(cat("quantities must match the regular expression '", kPattern, "'")); }
Error wrong_suffix() { return Error("unable to parse quantity's suffix"); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "-12.5Mi" is negative, whole 12, fraction 5, suffix Mi. `whole` has no leading zeros but one digit.
struct Parts {
  bool negative = false;
  std::string_view whole = "0";
  std::string_view fraction;
  std::string_view suffix;
};

Result<Parts> parts_of(std::string_view text) {
  Parts out;
  size_t at = 0;
  const auto digits = [&] {
    const size_t from = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return text.substr(from, at - from);
  };
  if (text.starts_with('-') || text.starts_with('+')) out.negative = text[at++] == '-';
  while (at < text.size() && text[at] == '0') ++at;
  const auto whole = digits();
  if (!whole.empty()) out.whole = whole;
  if (at < text.size() && text[at] == '.') {
    ++at;
    out.fraction = digits();
  }
  const size_t suffix = at;
  while (at < text.size() && std::string_view("eEinumkKMGTP").find(text[at]) != std::string_view::npos) ++at;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  digits();
  if (at < text.size()) return wrong_format();
  out.suffix = text.substr(suffix);
  return out;
}

struct Suffix {
  std::string_view text;
  int base;
  int exponent;
};
constexpr Suffix kSuffixes[] = {
    {"n", 10, -9}, {"u", 10, -6},  {"m", 10, -3}, {"", 10, 0},   {"k", 10, 3},   {"M", 10, 6},
    {"G", 10, 9},  {"T", 10, 12},  {"P", 10, 15}, {"E", 10, 18}, {"Ki", 2, 10},  {"Mi", 2, 20},
    {"Gi", 2, 30}, {"Ti", 2, 40},  {"Pi", 2, 50}, {"Ei", 2, 60},
};

struct Scale {
  int exponent;
  Format format;
};

std::optional<Scale> scale_of(std::string_view suffix) {
  for (const auto& known : kSuffixes) {
    if (known.text == suffix) return Scale{known.exponent, known.base == 2 ? Format::BinarySI : Format::DecimalSI};
  }
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return std::nullopt;
  auto number = suffix.substr(1);
  if (number.starts_with('+')) number.remove_prefix(1);
  int exponent = 0;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), exponent);
  if (failure != std::errc() || end != number.data() + number.size()) return std::nullopt;
  if (exponent > kExponentMax || exponent < -kExponentMax) return std::nullopt;
  return Scale{exponent, Format::DecimalExponent};
}

// "" where there is no such suffix: the number is then printed without its power, as Kubernetes does.
std::string suffix_for(int base, int exponent, Format format) {
  if (format == Format::DecimalExponent) return exponent == 0 ? "" : cat("e", exponent);
  for (const auto& known : kSuffixes) {
    if (known.base == base && known.exponent == exponent) return std::string(known.text);
  }
  return "";
}

int64_t wrapping_product(int64_t number, int power_of_ten) {
  auto out = static_cast<uint64_t>(number);
  for (; power_of_ten > 0; --power_of_ten) out *= 10;
  return static_cast<int64_t>(out);
}

}  // namespace

// Amounts below a billionth count as one, and binary ones end at 2^63 − 1.
Quantity Quantity::from_large(Decimal amount, Format format) {
  const Decimal zero, one = Decimal::of(1), most = Decimal::of(INT64_MAX);
  Decimal size = amount.magnitude();
  if (size.sign() != 0) size = size.rounded_to(kExponentMin);
  if (format == Format::BinarySI && compare(size, most) > 0) size = most;
  if (format == Format::BinarySI && compare(size, one) < 0 && compare(size, zero) > 0) format = Format::DecimalSI;
  Quantity out(amount.negative() ? size.negated() : size, format);
  out.small_ = false;
  return out;
}

Result<Quantity> Quantity::parse(std::string_view text) {
  if (text.empty()) return wrong_format();
  TRY(const Parts parts, parts_of(text));
  const auto scale = scale_of(parts.suffix);
  if (!scale) return wrong_suffix();
  const std::string digits = cat(parts.whole, parts.fraction);
  const auto fraction = static_cast<int>(parts.fraction.size());
  const auto length = static_cast<int>(parts.whole.size());
  if (scale->format == Format::BinarySI) {
    const Decimal amount = Decimal(parts.negative, digits, -fraction).times_power_of_two(scale->exponent);
    if (fraction > 0 || 15 - length - scale->exponent * 3 / 10 - 1 < 0) return from_large(amount, scale->format);
    Quantity out(amount, scale->format);
    // The last three bits decide whether the text counts as canonical.
    if ((Decimal(false, digits, 0).wrapped_digits() & 7) != 0) out.kept_ = text;
    return out;
  }
  const int exponent = scale->exponent - fraction;
  const Decimal amount(parts.negative, digits, exponent);
  if (length + fraction > kSmallDigits || exponent < kExponentMin) return from_large(amount, scale->format);
  Quantity out(amount, scale->format);
  const bool canonical = exponent % 3 == 0 && !digits.ends_with("000") && digits[0] != '0';
  if (canonical || text == "0") out.kept_ = text;
  return out;
}

std::string Quantity::text() const { return kept_.empty() ? canonical() : kept_; }

std::string Quantity::canonical() const {
  if (is_zero()) return "0";
  Format format = format_;
  const Decimal whole = amount_.rounded_to(0);
  if (format == Format::BinarySI) {
    const bool little = compare(amount_.magnitude(), Decimal::of(1024)) < 0;
    if (little || compare(whole, amount_) != 0) format = Format::DecimalSI;
  }
  const auto printed = [](const Decimal& number) { return cat(number.negative() ? "-" : "", number.digits()); };
  if (format == Format::BinarySI) {
    int times = 0;
    const Decimal mantissa = whole.without_factors_of_1024(times);
    return printed(mantissa) + suffix_for(2, times * 10, format);
  }
  Decimal mantissa = amount_.stripped();
  const int beyond = ((mantissa.exponent() % 3) + 3) % 3;
  mantissa = mantissa.rounded_to(mantissa.exponent() - beyond);
  return printed(mantissa) + suffix_for(10, mantissa.exponent(), format);
}

int64_t Quantity::scaled(int exponent) const {
  const int power = amount_.exponent() - exponent;
  if (small_) {
    const Decimal at_scale = amount_.rounded_to(exponent);
    return at_scale.digits_fit_int64() ? at_scale.wrapped_digits() : 0;
  }
  if (power >= 0) return wrapping_product(amount_.wrapped_digits(), power);
  // Large amounts are rounded towards the larger number, also below zero, and after cutting them off.
  const Decimal cut = Decimal(amount_.negative(),
                              std::string_view(amount_.digits())
                                  .substr(0, amount_.digits().size() > static_cast<size_t>(-power)
                                                 ? amount_.digits().size() - static_cast<size_t>(-power)
                                                 : 0),
                              exponent);
  const bool exact = compare(cut, amount_) == 0;
  return static_cast<int64_t>(static_cast<uint64_t>(cut.wrapped_digits()) + (exact ? 0 : 1));
}

Quantity Quantity::combined(const Quantity& a, const Quantity& b, Decimal amount) {
  Quantity out(std::move(amount), a.is_zero() ? b.format_ : a.format_);
  out.small_ = a.small_ && b.small_ && out.amount_.digits_fit_int64();
  return out;
}
Quantity operator+(const Quantity& a, const Quantity& b) { return Quantity::combined(a, b, a.amount_ + b.amount_); }
Quantity operator-(const Quantity& a, const Quantity& b) { return Quantity::combined(a, b, a.amount_ - b.amount_); }

std::string_view name_of(Quantity::Format format) {
  switch (format) {
    case Format::DecimalSI: return "DecimalSI";
    case Format::BinarySI: return "BinarySI";
    case Format::DecimalExponent: return "DecimalExponent";
  }
  return "";
}

}  // namespace wf
