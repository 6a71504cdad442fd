// SPDX-License-Identifier: Apache-2.0
#include "control/work_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace wf::control {
namespace {

Time at(int second) { return Time(std::chrono::seconds(second)); }

std::string key_of(const std::optional<WorkQueue::Work>& work) {
  return work && work->index() == 0 ? std::get<0>(*work) : "";
}

TEST(WorkQueue, AKeyStandsOnceAndIsWorkedOnByOne) {  // REC-1
  WorkQueue queue;
  queue.add("a");
  queue.add("a");
  queue.add("b");
  EXPECT_EQ(key_of(queue.take(at(1))), "a");
  queue.add("a");  // while it is worked on
  EXPECT_EQ(key_of(queue.take(at(1))), "b");
  EXPECT_FALSE(queue.take(at(1)));
  queue.done("a");
  EXPECT_EQ(key_of(queue.take(at(1))), "a");
  EXPECT_FALSE(queue.idle());
  queue.done("a");
  queue.done("b");
  EXPECT_TRUE(queue.idle());
}

TEST(WorkQueue, DelayedKeysKeepTheirEarliestTime) {
  WorkQueue queue;
  queue.add_at("a", at(10));
  queue.add_at("a", at(20));
  queue.add_at("b", at(5));
  queue.add_at("a", at(7));
  EXPECT_EQ(queue.next_due(), at(5));
  EXPECT_FALSE(queue.take(at(4)));
  EXPECT_EQ(key_of(queue.take(at(5))), "b");
  EXPECT_EQ(queue.next_due(), at(7));
  EXPECT_EQ(key_of(queue.take(at(30))), "a");
  EXPECT_EQ(queue.next_due(), Time{});
  queue.add_at("c", at(40));
  queue.cancel("c");
  EXPECT_FALSE(queue.take(at(50)));
}

TEST(WorkQueue, JobsGoFirst) {
  WorkQueue queue;
  bool ran = false;
  queue.add("a");
  queue.post([&] { ran = true; });
  auto work = queue.take(at(0));
  ASSERT_EQ(work->index(), 1u);
  std::get<1>(*work)();
  EXPECT_TRUE(ran);
  EXPECT_EQ(key_of(queue.take(at(0))), "a");
}

TEST(WorkQueue, ManyWorkersNeverShareAKey) {
  struct Now final : Clock {
    Time now() const override { return at(1); }
  } clock;
  WorkQueue queue;
  std::atomic<int> busy[4] = {};
  std::atomic<int> count{0};
  std::vector<std::thread> workers;
  for (int w = 0; w < 4; ++w) {
    workers.emplace_back([&] {
      while (auto work = queue.wait(clock)) {
        const std::string key = key_of(work);
        auto& mine = busy[key[0] - '0'];
        EXPECT_EQ(mine.fetch_add(1), 0);
        if (count.fetch_add(1) < 2000) queue.add(key);
        mine.fetch_sub(1);
        queue.done(key);
        if (count >= 2000) queue.stop();
      }
    });
  }
  for (const char* key : {"0", "1", "2", "3"}) queue.add(key);
  for (auto& worker : workers) worker.join();
  EXPECT_GE(count, 2000);
}

}  // namespace
}  // namespace wf::control
