// SPDX-License-Identifier: Apache-2.0
// Functions that need a source: they fail without, and draw from it alone.
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"
#include "expr/sprig/sprig.h"

namespace wf::expr::sprig {
namespace {

class Counter : public Random {
 public:
  uint64_t next() override { return next_++; }

 private:
  uint64_t next_ = 0;
};

class Stopped : public Clock {
 public:
  Time now() const override { return Time(std::chrono::hours(24)); }
};

std::string text(const Map& functions, std::string_view name, std::vector<Any> arguments) {
  auto result = checked_call(*functions.find(name)->second.as_function(), std::move(arguments));
  return result.ok() ? std::string(result->as_string()) : "error: " + result.error().message();
}

TEST(SprigSources, MissingOnesAreErrors) {
  check_calls(R"(
sprig.randAlpha(3) => error: sprig.randAlpha: there is no source of randomness here
sprig.uuidv4() => error: sprig.uuidv4: there is no source of randomness here
sprig.encryptAES("k", "x") => error: sprig.encryptAES: there is no source of randomness here
sprig.now() => error: sprig.now: there is no clock here
sprig.ago("x") => error: sprig.ago: there is no clock here
sprig.date("2006", "x") => error: sprig.date: there is no clock here
sprig.uuidv4(1) => error: invalid number of arguments: expected 0, got 1
sprig.genCA("a", 1) => error: sprig.genCA is not supported
)");
}

TEST(SprigSources, DecideTheAnswers) {
  Counter random;
  const Stopped clock;
  const Map functions = to_map(sprig_functions({&clock, &random}));
  EXPECT_EQ(text(functions, "randNumeric", {5}), "01234");
  EXPECT_EQ(text(functions, "randAlpha", {0}), "");
  EXPECT_EQ(text(functions, "uuidv4", {}), "05060708-090a-4b0c-8d0e-0f1011121314");
  EXPECT_EQ(text(functions, "shuffle", {"a"}), "a");
  EXPECT_EQ(text(functions, "ago", {0}), "24h0m0s");
  EXPECT_EQ(text(functions, "date", {"2006-01-02", nullptr}), "1970-01-02");
  const std::string secret = text(functions, "encryptAES", {"key", "hello"});
  EXPECT_EQ(text(functions, "decryptAES", {"key", secret}), "hello");
}

TEST(SprigLimits, StopWhatGrowsWithoutBound) {
  check_calls(R"(
sprig.repeat(100000000, "ab") => error: the text becomes too long
sprig.until(100000000) => error: the list becomes too long
sprig.indent(1000000000, "a") => error: the text becomes too long
)");
}

}  // namespace
}  // namespace wf::expr::sprig
