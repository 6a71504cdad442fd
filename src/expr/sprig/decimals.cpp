// SPDX-License-Identifier: Apache-2.0
// Decimal arithmetic (addf, subf, mulf, divf): operands are the decimal numbers that floats print
// as, so that 0.1 + 0.2 is 0.3; quotients have 16 decimals (shopspring/decimal 1.4.0).
#include <openssl/bn.h>

#include <cmath>
#include <memory>

#include "expr/gofmt_number.h"
#include "expr/sprig/detail/support.h"

namespace wf::expr::sprig {
namespace {

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
struct FreeContext {
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Big = std::unique_ptr<BIGNUM, FreeNumber>;

constexpr int kQuotientDecimals = 16;

Big big(std::string_view digits) {
  BIGNUM* number = nullptr;
  CHECK(BN_dec2bn(&number, std::string(digits).c_str()) != 0);
  return Big(number);
}

// value * 10^exponent
struct Decimal {
  Big value;
  int exponent = 0;
};

class Calculator {
 public:
  Calculator() : context_(BN_CTX_new()) { CHECK(context_ != nullptr); }

  static Result<Decimal> read(const Any& operand) {
    const double number = to_float(operand);
    if (!std::isfinite(number)) {
      return Error("Cannot create a Decimal from " + format_float(number));
    }
    // "d.ddde±xx": the digits without the point, and the exponent less the digits behind it.
    const std::string text = format_float(number, 'e');
    const size_t mark = text.find('e');
    std::string digits = text.substr(0, mark);
    int exponent = static_cast<int>(parse_int(text.substr(mark + 1)).value);
    if (const size_t point = digits.find('.'); point != digits.npos) {
      exponent -= static_cast<int>(digits.size() - point - 1);
      digits.erase(point, 1);
    }
    return Decimal{big(digits), exponent};
  }

  static double to_double(const Decimal& decimal) {
    char* digits = BN_bn2dec(decimal.value.get());
    CHECK(digits != nullptr);
    const std::string text = std::string(digits) + "e" + std::to_string(decimal.exponent);
    OPENSSL_free(digits);
    return parse_float(text).value;
  }

  Decimal add(Decimal a, Decimal b) const {
    align(a, b);
    CHECK(BN_add(a.value.get(), a.value.get(), b.value.get()));
    return a;
  }
  Decimal subtract(Decimal a, Decimal b) const {
    align(a, b);
    CHECK(BN_sub(a.value.get(), a.value.get(), b.value.get()));
    return a;
  }
  Decimal multiply(Decimal a, const Decimal& b) const {
    CHECK(BN_mul(a.value.get(), a.value.get(), b.value.get(), context_.get()));
    a.exponent += b.exponent;
    return a;
  }

  Result<Decimal> divide(Decimal a, Decimal b) const {
    if (BN_is_zero(b.value.get())) return Error("decimal division by 0");
    const int shift = a.exponent - b.exponent + kQuotientDecimals;
    scale(shift >= 0 ? a : b, std::abs(shift));
    const bool negative = BN_is_negative(a.value.get()) != BN_is_negative(b.value.get());
    Big quotient(BN_new()), left(BN_new());
    CHECK(BN_div(quotient.get(), left.get(), a.value.get(), b.value.get(), context_.get()));
    // Half and more of the last decimal counts up, away from zero.
    CHECK(BN_lshift1(left.get(), left.get()));
    if (BN_ucmp(left.get(), b.value.get()) >= 0) {
      CHECK(negative ? BN_sub_word(quotient.get(), 1) : BN_add_word(quotient.get(), 1));
    }
    return Decimal{std::move(quotient), -kQuotientDecimals};
  }

 private:
  // More digits at the end, the same value but for the exponent.
  void scale(Decimal& decimal, int digits) const {
    const Big factor = big("1" + std::string(static_cast<size_t>(digits), '0'));
    CHECK(BN_mul(decimal.value.get(), decimal.value.get(), factor.get(), context_.get()));
    decimal.exponent -= digits;
  }
  void align(Decimal& a, Decimal& b) const {
    if (a.exponent > b.exponent) scale(a, a.exponent - b.exponent);
    if (b.exponent > a.exponent) scale(b, b.exponent - a.exponent);
  }

  std::unique_ptr<BN_CTX, FreeContext> context_;
};

using Step = Result<Decimal> (*)(const Calculator&, Decimal, Decimal);

Result<Any> fold(const Any& start, Arguments rest, Step step) {
  const Calculator calculator;
  TRY(Decimal total, Calculator::read(start));
  for (const Any& next : rest) {
    TRY(Decimal operand, Calculator::read(next));
    TRY(total, step(calculator, std::move(total), std::move(operand)));
  }
  return ok(Calculator::to_double(total));
}

Result<Decimal> plus(const Calculator& c, Decimal a, Decimal b) {
  return c.add(std::move(a), std::move(b));
}
Result<Decimal> minus(const Calculator& c, Decimal a, Decimal b) {
  return c.subtract(std::move(a), std::move(b));
}
Result<Decimal> times(const Calculator& c, Decimal a, Decimal b) {
  return c.multiply(std::move(a), b);
}
Result<Decimal> over(const Calculator& c, Decimal a, Decimal b) {
  return c.divide(std::move(a), std::move(b));
}

}  // namespace

void add_decimals(Registry& out) {
  out.add("add1f", {kValue}, [](Arguments a) {
    const Any one(1);
    return fold(a[0], {&one, 1}, plus);
  });
  out.add_variadic("addf", {kValue}, [](Arguments a) { return fold(Any(0.0), a, plus); });
  const auto folded = [&out](const char* name, Step step) {
    out.add_variadic(name, {kValue, kValue},
                     [step](Arguments a) { return fold(a[0], a.subspan(1), step); });
  };
  folded("subf", minus);
  folded("mulf", times);
  folded("divf", over);
}

}  // namespace wf::expr::sprig
