// SPDX-License-Identifier: Apache-2.0
#include "engine/backoff.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/testing.h"

namespace wf::engine {
namespace {

const Time kBegun = *parse_rfc3339("2026-01-02T03:00:00Z");
const Time kFailed = kBegun + std::chrono::seconds(100);

// "no wait", "wait N" (seconds after the failure), the reason to give up, or the error.
std::string decided(std::string_view strategy, int count, Duration since = {}) {
  const auto backoff = next_backoff(yaml(strategy), {count, kBegun, kFailed}, kFailed + since);
  if (!backoff.ok()) return backoff.error().message();
  if (const auto* wait = std::get_if<WaitUntil>(&*backoff)) {
    return cat("wait ", std::chrono::duration_cast<std::chrono::seconds>(wait->at - kFailed).count());
  }
  if (const auto* given_up = std::get_if<GiveUp>(&*backoff)) return std::string(given_up->reason);
  return "no wait";
}

TEST(Backoff, Grows) {  // RTY-7
  const std::string_view doubling = "{limit: 5, backoff: {duration: '2', factor: 2}}";
  EXPECT_EQ(decided(doubling, 1), "wait 2");
  EXPECT_EQ(decided(doubling, 2), "wait 4");
  EXPECT_EQ(decided(doubling, 5), "wait 32");
  EXPECT_EQ(decided("{limit: 5, backoff: {duration: '2', factor: '3'}}", 3), "wait 18");
  EXPECT_EQ(decided("{limit: 5, backoff: {duration: 1m}}", 4), "wait 60");
  EXPECT_EQ(decided("{limit: 5, backoff: {duration: '2', factor: 0}}", 4), "wait 2");
}

TEST(Backoff, IsCapped) {  // RTY-7: example 3
  const std::string_view capped = "{limit: 5, backoff: {duration: '2', factor: 2, cap: '5'}}";
  EXPECT_EQ(decided(capped, 1), "wait 2");
  EXPECT_EQ(decided(capped, 2), "wait 4");
  EXPECT_EQ(decided(capped, 3), "wait 5");
  EXPECT_EQ(decided("{limit: 999, backoff: {duration: 1h, factor: 10, cap: 2h}}", 500), "wait 7200");  // saturates
}

TEST(Backoff, OnlyUpToTheLimit) {  // RTY-9
  EXPECT_EQ(decided("{limit: 2, backoff: {duration: '2'}}", 2), "wait 2");
  EXPECT_EQ(decided("{limit: 2, backoff: {duration: '2'}}", 3), "no wait");
  EXPECT_EQ(decided("{backoff: {duration: '2'}}", 1), "no wait");
  EXPECT_EQ(decided("{limit: 2, backoff: {duration: '2'}}", 1, std::chrono::seconds(2)), "no wait");
}

TEST(Backoff, MaxDuration) {  // RTY-8
  EXPECT_EQ(decided("{limit: 2, backoff: {duration: '2', maxDuration: '99'}}", 1), "Max duration limit exceeded");
  EXPECT_EQ(decided("{limit: 2, backoff: {duration: '2', maxDuration: '101'}}", 1), "Backoff would exceed max duration limit");
  EXPECT_EQ(decided("{limit: 2, backoff: {duration: '2', maxDuration: '102'}}", 1), "wait 2");
}

TEST(Backoff, Errors) {  // RTY-6
  EXPECT_EQ(decided("{limit: 2, backoff: {factor: 2}}", 1), "no base duration specified for retryStrategy");
  EXPECT_TRUE(decided("{limit: 2, backoff: {duration: 1d}}", 1).starts_with("unable to parse 1d as a duration: ")) << decided("{limit: 2, backoff: {duration: 1d}}", 1);
}

}  // namespace
}  // namespace wf::engine
