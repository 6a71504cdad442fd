// SPDX-License-Identifier: Apache-2.0
// Numbers: conversions, whole-number arithmetic, rounding, ranges.
#include <algorithm>
#include <cmath>
#include <limits>

#include "expr/gofmt.h"
#include "expr/gofmt_number.h"
#include "expr/gomath.h"
#include "expr/sprig/detail/support.h"

namespace wf::expr::sprig {
namespace {

Any int64(int64_t value) { return Any::integer(value, types::kInt64); }

// Go's arithmetic wraps around.
int64_t wrap_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
int64_t wrap_sub(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
int64_t wrap_mul(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

Result<Any> divide(Arguments a) {
  const int64_t x = to_int(a[0]), y = to_int(a[1]);
  if (y == 0) return Error("runtime error: integer divide by zero");
  return int64(y == -1 ? wrap_sub(0, x) : x / y);
}

Result<Any> remainder(Arguments a) {
  const int64_t x = to_int(a[0]), y = to_int(a[1]);
  if (y == 0) return Error("runtime error: integer divide by zero");
  return int64(y == -1 ? 0 : x % y);
}

template <class Number, class Read, class Choose>
Number chosen(Arguments a, Read read, Choose choose) {
  Number out = read(a[0]);
  for (const Any& next : a.subspan(1)) out = choose(out, read(next));
  return out;
}

// math.Max and math.Min: NaN wins, and zeros have signs.
double max_of(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  if (a == 0 && b == 0) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}
double min_of(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  if (a == 0 && b == 0) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}

// Up from the fraction that the third argument gives (0.5), towards zero from below it.
Result<Any> round_to(Arguments a) {
  const double from = a.size() > 2 ? a[2].as_float() : 0.5;
  const double scale = power(10, static_cast<double>(a[1].as_int()));
  const double digits = scale * to_float(a[0]);
  double whole = 0;
  const double fraction = std::modf(digits, &whole);
  const double rounded = fraction >= from ? std::ceil(digits) : std::floor(digits);
  return ok(rounded / scale);
}

struct Range {
  int64_t start, stop, step;
};

Result<std::vector<int64_t>> numbers_in(const Range& range) {
  std::vector<int64_t> out;
  const bool down = range.stop < range.start;
  if (down ? range.step >= 0 : range.step <= 0) return out;
  for (int64_t i = range.start; down ? i > range.stop : i < range.stop;) {
    out.push_back(i);
    TRY_DO(check_list_size(out.size()));
    if (__builtin_add_overflow(i, range.step, &i)) break;
  }
  return out;
}

Result<Any> list_of(const Range& range) {
  TRY(const auto numbers, numbers_in(range));
  return Any::list(List(numbers.begin(), numbers.end()), types::kIntSlice);
}

// Like the shell's seq: the last number belongs to it.
Result<Any> seq(Arguments a) {
  if (a.empty() || a.size() > 3) return ok("");
  const int64_t start = a.size() == 1 ? 1 : a[0].as_int();
  const int64_t stop = a.back().as_int();
  const int64_t towards = stop < start ? -1 : 1;
  const int64_t step = a.size() == 3 ? a[1].as_int() : towards;
  if (towards < 0 && step > 0) return ok("");
  TRY(const auto numbers, numbers_in({start, wrap_add(stop, towards), step}));
  std::string out;
  for (const int64_t number : numbers) {
    if (!out.empty()) out.push_back(' ');
    out += std::to_string(number);
  }
  return ok(std::move(out));
}

void add_conversions(Registry& out) {
  out.add("atoi", {kText}, [](Arguments a) { return ok(atoi(a[0].as_string()).value); });
  out.add("int", {kValue}, [](Arguments a) { return ok(to_int(a[0])); });
  out.add("int64", {kValue}, [](Arguments a) { return ok(int64(to_int(a[0]))); });
  out.add("float64", {kValue}, [](Arguments a) { return ok(to_float(a[0])); });
  out.add("toDecimal", {kValue}, [](Arguments a) {  // reads octal digits
    const auto read = parse_int(format_value(a[0]), 8);
    return ok(int64(read.error ? 0 : read.value));
  });
}

void add_arithmetic(Registry& out) {
  out.add("add1", {kValue}, [](Arguments a) { return ok(int64(wrap_add(to_int(a[0]), 1))); });
  out.add_variadic("add", {kValue}, [](Arguments a) {
    int64_t sum = 0;
    for (const Any& next : a) sum = wrap_add(sum, to_int(next));
    return ok(int64(sum));
  });
  out.add("sub", {kValue, kValue},
          [](Arguments a) { return ok(int64(wrap_sub(to_int(a[0]), to_int(a[1])))); });
  out.add("div", {kValue, kValue}, divide);
  out.add("mod", {kValue, kValue}, remainder);
  out.add_variadic("mul", {kValue, kValue},
                   [](Arguments a) { return ok(int64(chosen<int64_t>(a, to_int, wrap_mul))); });
}

int64_t greater(int64_t a, int64_t b) { return std::max(a, b); }
int64_t less(int64_t a, int64_t b) { return std::min(a, b); }

void add_comparisons(Registry& out) {
  for (const char* name : {"max", "biggest"}) {
    out.add_variadic(name, {kValue, kValue},
                     [](Arguments a) { return ok(int64(chosen<int64_t>(a, to_int, greater))); });
  }
  out.add_variadic("min", {kValue, kValue},
                   [](Arguments a) { return ok(int64(chosen<int64_t>(a, to_int, less))); });
  out.add_variadic("maxf", {kValue, kValue},
                   [](Arguments a) { return ok(chosen<double>(a, to_float, max_of)); });
  out.add_variadic("minf", {kValue, kValue},
                   [](Arguments a) { return ok(chosen<double>(a, to_float, min_of)); });
}

}  // namespace

void add_numbers(Registry& out) {
  add_conversions(out);
  add_arithmetic(out);
  add_comparisons(out);
  out.add("floor", {kValue}, [](Arguments a) { return ok(std::floor(to_float(a[0]))); });
  out.add("ceil", {kValue}, [](Arguments a) { return ok(std::ceil(to_float(a[0]))); });
  out.add_variadic("round", {kValue, kNumber, &types::kFloat64}, round_to);
  out.add("until", {kNumber}, [](Arguments a) {
    const int64_t count = a[0].as_int();
    return list_of({0, count, count < 0 ? -1 : 1});
  });
  out.add("untilStep", {kNumber, kNumber, kNumber},
          [](Arguments a) { return list_of({a[0].as_int(), a[1].as_int(), a[2].as_int()}); });
  out.add_variadic("seq", {kNumber}, seq);
}

}  // namespace wf::expr::sprig
