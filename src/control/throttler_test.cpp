// SPDX-License-Identifier: Apache-2.0
#include "control/throttler.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace wf::control {
namespace {

Time at(int second) { return Time(std::chrono::seconds(second)); }

bool admit(Throttler& throttler, const char* key, const char* ns, int64_t priority, int created) {
  std::vector<std::string> others;
  return throttler.admit({key, ns, priority, at(created)}, others);
}

TEST(Throttler, AdmitsByPriorityThenAge) {  // PAR-8
  Throttler throttler(1, 0);
  EXPECT_TRUE(admit(throttler, "a", "n", 0, 1));
  EXPECT_FALSE(admit(throttler, "b", "n", 0, 2));
  EXPECT_FALSE(admit(throttler, "c", "n", 0, 1));
  EXPECT_FALSE(admit(throttler, "d", "n", 5, 9));
  EXPECT_TRUE(admit(throttler, "a", "n", 0, 1));
  EXPECT_EQ(join(throttler.release("a"), ","), "d");
  EXPECT_EQ(join(throttler.release("d"), ","), "c");
  EXPECT_EQ(join(throttler.release("b"), ","), "");  // deleted while in line
  EXPECT_EQ(join(throttler.release("c"), ","), "");
}

TEST(Throttler, AFullNamespaceDoesNotHoldUpOthers) {  // PAR-8
  Throttler throttler(3, 1);
  EXPECT_TRUE(admit(throttler, "a", "n", 0, 1));
  EXPECT_FALSE(admit(throttler, "b", "n", 9, 1));
  EXPECT_TRUE(admit(throttler, "c", "m", 0, 2));
  EXPECT_EQ(join(throttler.release("a"), ","), "b");
}

TEST(Throttler, WithoutLimitsAllRun) {
  Throttler throttler(0, 0);
  for (const char* key : {"a", "b", "c"}) EXPECT_TRUE(admit(throttler, key, "n", 0, 1));
}

TEST(Throttler, ThoseThatRunAlreadyCount) {
  Throttler throttler(1, 0);
  throttler.runs("a", "n");
  throttler.runs("b", "n");
  EXPECT_FALSE(admit(throttler, "c", "n", 0, 1));
  EXPECT_TRUE(throttler.release("a").empty());
  EXPECT_EQ(join(throttler.release("b"), ","), "c");
}

}  // namespace
}  // namespace wf::control
