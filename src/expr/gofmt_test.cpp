// SPDX-License-Identifier: Apache-2.0
#include "expr/gofmt.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <random>

#include "base/text.h"
#include "expr/gofmt_number.h"

namespace wf::expr {
namespace {

Map map_of(std::initializer_list<std::pair<const char*, Any>> members) {
  Map out;
  for (const auto& [key, value] : members) out.insert_or_assign(Any(key), value);
  return out;
}

TEST(FormatValue, PrintsAsGoDoes) {
  struct Row {
    Any value;
    const char* text;
  };
  const Row rows[] = {
      {nullptr, "<nil>"},
      {true, "true"},
      {-7, "-7"},
      {Any::integer(-1, types::kUint64), "18446744073709551615"},
      {"a b", "a b"},
      {1.0, "1"},
      {1e6, "1e+06"},
      {123456789.0, "1.23456789e+08"},
      {1e20, "1e+20"},
      {0.0001, "0.0001"},
      {0.00001, "1e-05"},
      {-0.0, "-0"},
      {Any::real(0.1, types::kFloat32), "0.1"},
      {std::numeric_limits<double>::infinity(), "+Inf"},
      {std::nan(""), "NaN"},
      {List{1, "a", nullptr, 2.5}, "[1 a <nil> 2.5]"},
      {List{}, "[]"},
      {map_of({{"b", 1}, {"a", List{true}}}), "map[a:[true] b:1]"},
      {Any::bytes("ab"), "[97 98]"},
      {Any::duration(90'000'000'000), "1m30s"},
      {Any::integer(2, types::kMonth), "February"},
      {Any::integer(0, types::kWeekday), "Sunday"},
      {Any(Moment{0, 0, nullptr}), "1970-01-01 00:00:00 +0000 UTC"},
      {Any::typed_nil(types::kAnySlice), "[]"},
  };
  for (const Row& row : rows) EXPECT_EQ(format_value(row.value), row.text);
}

TEST(Sprintf, FollowsTheFormat) {
  struct Row {
    const char* format;
    List arguments;
    const char* text;
  };
  const Row rows[] = {
      {"%d", {5}, "5"},
      {"%5d|%-5d|%05d", {42, 42, 42}, "   42|42   |00042"},
      {"%+d % d", {5, 5}, "+5  5"},
      {"%x %X %#x %o %#o %b %O", {255, 255, 255, 8, 8, 5, 8}, "ff FF 0xff 10 010 101 0o10"},
      {"%c %q %U %#U", {65, 65, 0x263A, 0x263A}, "A 'A' U+263A U+263A '\xE2\x98\xBA'"},
      {"%.3d|%8.3d", {7, 7}, "007|     007"},
      {"%f %.2f %e %g %G", {1.5, 2.345, 1234.5, 1e21, 1e-7},
       "1.500000 2.35 1.234500e+03 1e+21 1E-07"},
      {"%08.3f|%-8.1f|%+.1f", {-3.14159, 2.0, 2.0}, "-003.142|2.0     |+2.0"},
      {"%s|%10s|%-5s|%.2s", {"a", "b", "c", "xyz"}, "a|         b|c    |xy"},
      {"%q %#q %+q", {"a\"b", "a`b", "\xC3\xA9"}, "\"a\\\"b\" \"a`b\" \"\\u00e9\""},
      {"%x % x %#x", {"hi", "hi", "hi"}, "6869 68 69 0x6869"},
      {"%v %+v %#v", {"a", "b", "c"}, "a b \"c\""},
      {"%#v", {List{1, "a", nullptr}}, "[]interface {}{1, \"a\", interface {}(nil)}"},
      {"%T %T %T", {1, "a", nullptr}, "int string <nil>"},
      {"%t", {true}, "true"},
      {"%d", {"x"}, "%!d(string=x)"},
      {"%s", {1}, "%!s(int=1)"},
      {"%z", {1}, "%!z(int=1)"},
      {"%d", {}, "%!d(MISSING)"},
      {"%s", {nullptr}, "%!s(<nil>)"},
      {"x", {0}, "x%!(EXTRA int=0)"},
      {"%d", {1, "a", nullptr}, "1%!(EXTRA string=a, <nil>)"},
      {"%", {}, "%!(NOVERB)"},
      {"100%%", {}, "100%"},
      {"%[2]d %[1]d", {1, 2}, "2 1"},
      {"%[3]d", {1}, "%!d(BADINDEX)"},
      {"%*d", {5, 1}, "    1"},
      {"%-*d|", {3, 1}, "1  |"},
      {"%*d", {"x", 1}, "%!(BADWIDTH)1"},
      {"%d", {List{1, 2}}, "[1 2]"},
      {"%02d", {List{1, 2}}, "[01 02]"},
      {"%6.2f%%", {99.5}, " 99.50%"},
  };
  for (const Row& row : rows) EXPECT_EQ(sprintf(row.format, row.arguments), row.text) << row.format;
}

TEST(Quote, EscapesWhatCannotBeSeen) {
  EXPECT_EQ(go_quote("a\tb\n\x01\x7f"), "\"a\\tb\\n\\x01\\x7f\"");
  EXPECT_EQ(go_quote("\xff\xC3\xA9\xE2\x80\xA8"), "\"\\xff\xC3\xA9\\u2028\"");
  EXPECT_EQ(go_quote("\xF0\x9F\x9A\x80"), "\"\xF0\x9F\x9A\x80\"");
  EXPECT_EQ(quote_ascii("\xF0\x9F\x9A\x80"), "\"\\U0001f680\"");
}

TEST(ParseInt, ReadsBasesAndNamesErrors) {
  EXPECT_EQ(parse_int("-12").value, -12);
  EXPECT_EQ(parse_int("0x1F", 0).value, 31);
  EXPECT_EQ(parse_int("012", 0).value, 10);
  EXPECT_EQ(parse_int("1_000", 0).value, 1000);
  EXPECT_EQ(parse_int("0b101", 0).value, 5);
  EXPECT_EQ(parse_int("9223372036854775808").value, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(parse_int("9223372036854775808").error->message(),
            "strconv.ParseInt: parsing \"9223372036854775808\": value out of range");
  EXPECT_EQ(parse_int("-9223372036854775808").value, std::numeric_limits<int64_t>::min());
  EXPECT_FALSE(parse_int("-9223372036854775808").error);
  EXPECT_EQ(atoi("x").error->message(), "strconv.Atoi: parsing \"x\": invalid syntax");
  for (const char* bad : {"", "-", "1_0", " 1", "1 ", "0x", "1.0"}) {
    EXPECT_TRUE(atoi(bad).error) << bad;
  }
  for (const char* bad : {"_1", "1_", "1__0", "0x", "08"}) {
    EXPECT_TRUE(parse_int(bad, 0).error) << bad;
  }
}

TEST(ParseFloat, ReadsWhatGoReads) {
  EXPECT_EQ(parse_float("1e3").value, 1000);
  EXPECT_EQ(parse_float("1_0").value, 10);
  EXPECT_EQ(parse_float("+.5").value, 0.5);
  EXPECT_EQ(parse_float("5.").value, 5);
  EXPECT_EQ(parse_float("0x1p-2").value, 0.25);
  EXPECT_EQ(parse_float("-inf").value, -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(parse_float("NaN").value));
  EXPECT_EQ(parse_float("1e400").error->message(),
            "strconv.ParseFloat: parsing \"1e400\": value out of range");
  EXPECT_EQ(parse_float("1e-400").value, 0);
  EXPECT_FALSE(parse_float("1e-400").error);
  for (const char* bad : {"", ".", "e3", "1e", "0x1", "1__0", "1.2.3", "+nan", " 1"}) {
    EXPECT_TRUE(parse_float(bad).error) << bad;
  }
}

TEST(ParseBool, TakesTwelveWords) {
  EXPECT_TRUE(*parse_bool("T"));
  EXPECT_FALSE(*parse_bool("FALSE"));
  EXPECT_EQ(parse_bool("yes").error().message(),
            "strconv.ParseBool: parsing \"yes\": invalid syntax");
}

TEST(FormatFloat, HasEveryLayout) {
  EXPECT_EQ(format_float(1, 'b'), "4503599627370496p-52");
  EXPECT_EQ(format_float(1, 'x'), "0x1p+00");
  EXPECT_EQ(format_float(10, 'x', 3), "0x1.400p+03");
  EXPECT_EQ(format_float(5e-324, 'x'), "0x1p-1074");
  EXPECT_EQ(format_float(1e21, 'f'), "1000000000000000000000");
  EXPECT_EQ(format_float(0.1, 'e'), "1e-01");
  EXPECT_EQ(format_float(100, 'g', 3), "100");
  EXPECT_EQ(format_float(1000, 'g', 3), "1e+03");
  EXPECT_EQ(format_float(2.5, 'f', 0), "2");
}

// C's printf and Go agree on %e, %f and on %g with a precision; and what is printed in its shortest
// form reads back.
TEST(FormatFloat, AgreesWithPrintfAndReadsBack) {
  std::mt19937_64 random(20'261'121);
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t bits = random();
    double value;
    static_assert(sizeof value == sizeof bits);
    std::memcpy(&value, &bits, sizeof value);
    if (i % 2 == 0) value = static_cast<double>(bits % 1'000'000'000) / 1000.0;
    if (!std::isfinite(value)) continue;
    const int precision = static_cast<int>(random() % 18);
    for (const char verb : {'e', 'f', 'g'}) {
      char wanted[800];
      const char layout[] = {'%', '.', '*', verb, '\0'};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
      std::snprintf(wanted, sizeof wanted, layout, precision, value);
#pragma GCC diagnostic pop
      ASSERT_EQ(format_float(value, verb, precision), wanted);
      ASSERT_EQ(parse_float(format_float(value, verb)).value, value);
    }
  }
}

}  // namespace
}  // namespace wf::expr
