// SPDX-License-Identifier: Apache-2.0
#include "expr/gomath.h"

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>

namespace wf::expr {
namespace {

// The exponential function as Go computes it on amd64: e^x = 2^n * (e^(r/16))^16, where r is what
// n times ln 2 leaves of x (Shibata, "Efficient evaluation methods of elementary functions suitable
// for SIMD computation", 2010). Only called for |x| < 400.
double exponential(double x) {
  constexpr double kLog2E = 1.4426950408889634073599246810018920;
  constexpr double kLn2High = 0.69314718055966295651160180568695068359375;
  constexpr double kLn2Low = 0.28235290563031577122588448175013436025525412068e-12;
  const double n = std::nearbyint(x * kLog2E);
  double r = std::fma(-n, kLn2High, x);
  r = std::fma(-n, kLn2Low, r) * 0.0625;
  double sum = 1 / 40320.0;
  for (const double factorial : {5040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0}) {
    sum = std::fma(sum, r, 1 / factorial);
  }
  double less_one = r * sum;  // e^r - 1; squaring e^r is (less_one + 2) * less_one on it
  for (int i = 0; i < 3; ++i) less_one *= less_one + 2;
  return std::ldexp(std::fma(less_one, less_one + 2, 1.0), static_cast<int>(n));
}

// The natural logarithm as FreeBSD's msun and Go compute it, for finite x > 0.
double logarithm(double x) {
  constexpr double kLn2High = 6.93147180369123816490e-01;
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  int exponent;
  double fraction = std::frexp(x, &exponent);
  if (fraction < 0.70710678118654752440) {
    fraction *= 2;
    --exponent;
  }
  const double f = fraction - 1;
  const double k = exponent;
  const double s = f / (2 + f), s2 = s * s, s4 = s2 * s2;
  const double odd = s2 * (6.666666666666735130e-01 +
                           s4 * (2.857142874366239149e-01 +
                                 s4 * (1.818357216161805012e-01 + s4 * 1.479819860511658591e-01)));
  const double even = s4 * (3.999999999940941908e-01 +
                            s4 * (2.222219843214978396e-01 + s4 * 1.531383769920937332e-01));
  const double half_square = 0.5 * f * f;
  return k * kLn2High - ((half_square - (s * (half_square + (odd + even)) + k * kLn2Low)) - f);
}

}  // namespace

// Go's own way to a power, as the last digits depend on it: the whole part of the exponent by
// squaring a fraction and its exponent apart, the rest by exp and log.
double power(double x, double y) {
  const bool special = y == 0 || x == 1 || y == 1 || std::isnan(x) || std::isnan(y) || x == 0 ||
                       std::isinf(y) || std::isinf(x);
  if (special) return std::pow(x, y);
  if (y == 0.5) return std::sqrt(x);
  if (y == -0.5) return 1 / std::sqrt(x);
  double whole_part;
  double rest = std::modf(std::fabs(y), &whole_part);
  if (rest != 0 && x < 0) return std::numeric_limits<double>::quiet_NaN();
  if (whole_part >= 9.223372036854775808e18) return std::pow(x, y);
  double result = 1;
  int exponent = 0;
  if (rest != 0) {
    if (rest > 0.5) rest -= 1, whole_part += 1;
    result = exponential(rest * logarithm(x));
  }
  int x_exponent;
  double fraction = std::frexp(x, &x_exponent);
  for (auto n = static_cast<int64_t>(whole_part); n != 0; n >>= 1) {
    if (x_exponent < -(1 << 12) || x_exponent > 1 << 12) {  // over or under whatever follows
      exponent += x_exponent;
      break;
    }
    if (n & 1) {
      result *= fraction;
      exponent += x_exponent;
    }
    fraction *= fraction;
    x_exponent *= 2;
    if (fraction < 0.5) {
      fraction += fraction;
      --x_exponent;
    }
  }
  if (y < 0) {
    result = 1 / result;
    exponent = -exponent;
  }
  return std::ldexp(result, exponent);
}

}  // namespace wf::expr
