// SPDX-License-Identifier: Apache-2.0
// base/decimal.h: exact decimal numbers of any size: digits times a power of ten.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace wf {

class Decimal {
 public:
  Decimal() = default;  // 0
  Decimal(bool negative, std::string_view digits, int exponent);
  static Decimal of(int64_t value);

  int sign() const { return digits_.empty() ? 0 : negative_ ? -1 : 1; }
  bool negative() const { return negative_; }
  const std::string& digits() const { return digits_; }  // without leading zeros; empty for 0
  int exponent() const { return exponent_; }
  Decimal negated() const;
  Decimal magnitude() const;

  friend int compare(const Decimal& a, const Decimal& b);
  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend Decimal operator-(const Decimal& a, const Decimal& b) { return a + b.negated(); }

  // Times 2^power.
  Decimal times_power_of_two(int power) const;
  // The same number with this exponent, rounded away from zero where digits are lost.
  Decimal rounded_to(int exponent) const;
  // The same number without trailing zeros in its digits.
  Decimal stripped() const;
  // Divides the digits by 1024 as long as that leaves nothing; how often is added to `times`.
  Decimal without_factors_of_1024(int& times) const;

  // The digits, sign included, as 64 bits that wrap around; the exponent is not applied.
  int64_t wrapped_digits() const;
  bool digits_fit_int64() const;
  double to_double() const;

 private:
  bool negative_ = false;
  std::string digits_;
  int exponent_ = 0;
};

}  // namespace wf
