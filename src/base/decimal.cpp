// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/text.h"

namespace wf {
namespace {

// Magnitudes are digits, most significant first, without leading zeros.
std::string trimmed(std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

int compare_digits(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a < b ? -1 : a == b ? 0 : 1;
}

int digit(std::string_view digits, size_t from_right) {
  return from_right < digits.size() ? digits[digits.size() - 1 - from_right] - '0' : 0;
}

std::string sum(std::string_view a, std::string_view b) {
  std::string out;
  int carry = 0;
  for (size_t i = 0; i < std::max(a.size(), b.size()) || carry > 0; ++i) {
    const int total = digit(a, i) + digit(b, i) + carry;
    out.push_back(static_cast<char>('0' + total % 10));
    carry = total / 10;
  }
  return {out.rbegin(), out.rend()};
}

// `a` is not smaller.
std::string difference(std::string_view a, std::string_view b) {
  std::string out;
  int borrow = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const int rest = digit(a, i) - digit(b, i) - borrow;
    borrow = rest < 0 ? 1 : 0;
    out.push_back(static_cast<char>('0' + rest + borrow * 10));
  }
  return trimmed({out.rbegin(), out.rend()});
}

std::string product(std::string_view a, unsigned factor) {
  std::string out;
  unsigned carry = 0;
  for (size_t i = 0; i < a.size() || carry > 0; ++i) {
    const unsigned total = static_cast<unsigned>(digit(a, i)) * factor + carry;
    out.push_back(static_cast<char>('0' + total % 10));
    carry = total / 10;
  }
  return {out.rbegin(), out.rend()};
}

std::pair<std::string, unsigned> quotient(std::string_view a, unsigned divisor) {
  std::string out;
  unsigned rest = 0;
  for (const char c : a) {
    rest = rest * 10 + static_cast<unsigned>(c - '0');
    out.push_back(static_cast<char>('0' + rest / divisor));
    rest %= divisor;
  }
  return {trimmed(std::move(out)), rest};
}

}  // namespace

Decimal::Decimal(bool negative, std::string_view digits, int exponent)
    : negative_(negative), digits_(trimmed(std::string(digits))), exponent_(exponent) {
  if (digits_.empty()) negative_ = false;
}

Decimal Decimal::of(int64_t value) {
  const std::string text = std::to_string(value);
  return value < 0 ? Decimal(true, std::string_view(text).substr(1), 0) : Decimal(false, text, 0);
}

Decimal Decimal::negated() const { return Decimal(!negative_, digits_, exponent_); }
Decimal Decimal::magnitude() const { return Decimal(false, digits_, exponent_); }

int compare(const Decimal& a, const Decimal& b) {
  if (a.sign() != b.sign()) return a.sign() < b.sign() ? -1 : 1;
  const int low = std::min(a.exponent_, b.exponent_);
  return a.sign() * compare_digits(a.rounded_to(low).digits_, b.rounded_to(low).digits_);
}

Decimal operator+(const Decimal& a, const Decimal& b) {
  const int low = std::min(a.exponent_, b.exponent_);
  const std::string x = a.rounded_to(low).digits_, y = b.rounded_to(low).digits_;
  if (a.negative_ == b.negative_) return Decimal(a.negative_, sum(x, y), low);
  if (compare_digits(x, y) < 0) return Decimal(b.negative_, difference(y, x), low);
  return Decimal(a.negative_, difference(x, y), low);
}

Decimal Decimal::times_power_of_two(int power) const {
  std::string digits = digits_;
  for (; power >= 10; power -= 10) digits = product(digits, 1024);
  if (power > 0) digits = product(digits, 1u << power);
  return Decimal(negative_, digits, exponent_);
}

Decimal Decimal::rounded_to(int exponent) const {
  if (exponent <= exponent_) {
    return Decimal(negative_, digits_ + std::string(static_cast<size_t>(exponent_ - exponent), '0'), exponent);
  }
  const auto lost = std::min(digits_.size(), static_cast<size_t>(exponent - exponent_));
  const std::string kept = digits_.substr(0, digits_.size() - lost);
  const bool exact = digits_.find_first_not_of('0', kept.size()) == std::string::npos;
  return Decimal(negative_, exact ? kept : sum(kept, "1"), exponent);
}

Decimal Decimal::stripped() const {
  const size_t last = digits_.find_last_not_of('0');
  if (last == std::string::npos) return Decimal();
  return Decimal(negative_, digits_.substr(0, last + 1), exponent_ + static_cast<int>(digits_.size() - 1 - last));
}

Decimal Decimal::without_factors_of_1024(int& times) const {
  std::string digits = digits_;
  while (!digits.empty()) {
    auto [divided, rest] = quotient(digits, 1024);
    if (rest != 0) break;
    digits = std::move(divided);
    ++times;
  }
  return Decimal(negative_, digits, exponent_);
}

int64_t Decimal::wrapped_digits() const {
  uint64_t value = 0;
  for (const char c : digits_) value = value * 10 + static_cast<uint64_t>(c - '0');
  return static_cast<int64_t>(negative_ ? 0 - value : value);
}

bool Decimal::digits_fit_int64() const {
  return compare_digits(digits_, negative_ ? "9223372036854775808" : "9223372036854775807") <= 0;
}

double Decimal::to_double() const {
  const std::string text = cat(negative_ ? "-" : "", digits_.empty() ? "0" : digits_, "e", exponent_);
  return std::strtod(text.c_str(), nullptr);
}

}  // namespace wf
