// SPDX-License-Identifier: Apache-2.0
// base/quantity.h: amounts of a resource as Kubernetes writes them: "500m", "1.5Gi", "2e3".
// The rules, some of them odd, are those of k8s.io/apimachinery's resource.Quantity.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/result.h"

namespace wf {

class Quantity {
 public:
  enum class Format { DecimalSI, BinarySI, DecimalExponent };

  Quantity() = default;  // 0
  // Errors: the texts of apimachinery ("unable to parse quantity's suffix").
  static Result<Quantity> parse(std::string_view text);

  // The canonical form; texts that are nearly canonical are kept as they were written.
  std::string text() const;
  Format format() const { return format_; }
  int sign() const { return amount_.sign(); }
  bool is_zero() const { return sign() == 0; }
  // Whole units, and thousandths, rounded up. What does not fit 64 bits gives what Go gives: nonsense.
  int64_t value() const { return scaled(0); }
  int64_t milli_value() const { return scaled(-3); }
  double approximate() const { return amount_.to_double(); }

  friend int compare(const Quantity& a, const Quantity& b) { return compare(a.amount_, b.amount_); }
  // The sum has a's format, unless a is zero. Likewise the difference.
  friend Quantity operator+(const Quantity& a, const Quantity& b);
  friend Quantity operator-(const Quantity& a, const Quantity& b);

 private:
  Quantity(Decimal amount, Format format) : amount_(std::move(amount)), format_(format) {}
  static Quantity from_large(Decimal amount, Format format);
  static Quantity combined(const Quantity& a, const Quantity& b, Decimal amount);
  int64_t scaled(int exponent) const;
  std::string canonical() const;

  Decimal amount_;
  Format format_ = Format::DecimalSI;
  bool small_ = true;  // 64 bits hold the amount before scaling; rounding differs
  std::string kept_;   // the text as written, where it counts as canonical
};

std::string_view name_of(Quantity::Format format);

}  // namespace wf
