// SPDX-License-Identifier: Apache-2.0
#include "engine/locks.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/testing.h"

namespace wf::engine {
namespace {

using Names = std::vector<std::string>;

LockHolder workflow(std::string_view name, int age = 0, int priority = 0) {
  const std::string key = cat("ns/", name);
  return {key, key, priority, Time(std::chrono::seconds(1'000'000 + age))};
}
LockHolder node(std::string_view workflow_name, std::string_view id) {
  return {cat("ns/", workflow_name, "/", id), cat("ns/", workflow_name), 0, Time(std::chrono::seconds(1'000'000))};
}

constexpr const char* kLock = "ns/Mutex/m";
const LockWanted kMutex{kLock, true, 1};
LockWanted semaphore(std::optional<int> limit, const char* name = "ns/ConfigMap/c/k") { return {name, false, limit}; }

// "ok", or the message.
std::string tried(LockTable& table, const LockHolder& holder, const std::vector<LockWanted>& wanted) {
  const LockAttempt attempt = table.try_acquire(holder, wanted);
  return attempt.acquired ? "ok" : attempt.message;
}
constexpr const char* kWaiting = "Waiting for ns/Mutex/m lock. Lock status: 0/1";

TEST(Locks, OneHolderOfAMutex) {  // SYN-4, SYN-6
  LockTable table;
  EXPECT_EQ(tried(table, workflow("a"), {kMutex}), "ok");
  EXPECT_EQ(tried(table, workflow("a"), {kMutex}), "ok");  // twice equals once
  EXPECT_FALSE(table.try_acquire(workflow("a"), {kMutex}).newly);
  EXPECT_EQ(tried(table, workflow("b"), {kMutex}), kWaiting);
  EXPECT_EQ(table.holders(kLock), Names{"ns/a"});
  EXPECT_EQ(table.waiting_for(kLock), Names{"ns/b"});
  EXPECT_EQ(table.release("ns/a", {kLock}), Names{"ns/b"});  // SYN-8
  EXPECT_EQ(tried(table, workflow("b"), {kMutex}), "ok");
  EXPECT_EQ(table.release("ns/b", {kLock}), Names{});
  EXPECT_TRUE(table.empty());
}

TEST(Locks, OrderOfTheQueue) {  // SYN-5: priority, then age; not who asks first
  LockTable table;
  EXPECT_EQ(tried(table, workflow("first"), {kMutex}), "ok");
  EXPECT_EQ(tried(table, workflow("young", 9), {kMutex}), kWaiting);
  EXPECT_EQ(tried(table, workflow("old", 1), {kMutex}), kWaiting);
  EXPECT_EQ(tried(table, workflow("urgent", 10, 5), {kMutex}), kWaiting);
  EXPECT_EQ(table.waiting_for(kLock), (Names{"ns/urgent", "ns/old", "ns/young"}));
  EXPECT_EQ(table.release("ns/first", {kLock}), Names{"ns/urgent"});
  EXPECT_EQ(tried(table, workflow("old", 1), {kMutex}), "Waiting for ns/Mutex/m lock. Lock status: 1/1");  // it is not its turn
  EXPECT_EQ(tried(table, workflow("urgent", 10, 5), {kMutex}), "ok");
  EXPECT_EQ(tried(table, workflow("young", 9, 7), {kMutex}), kWaiting);  // its priority changed
  EXPECT_EQ(table.waiting_for(kLock), (Names{"ns/young", "ns/old"}));
}

TEST(Locks, Limits) {  // SYN-4
  LockTable table;
  EXPECT_EQ(tried(table, workflow("a"), {semaphore(2)}), "ok");
  EXPECT_EQ(tried(table, workflow("b"), {semaphore(2)}), "ok");
  EXPECT_EQ(tried(table, workflow("c"), {semaphore(2)}), "Waiting for ns/ConfigMap/c/k lock. Lock status: 0/2");
  EXPECT_EQ(tried(table, workflow("c"), {semaphore(3)}), "ok");  // it was raised
  EXPECT_EQ(tried(table, workflow("d"), {semaphore(0)}), "Failed to get semaphore limit for ns/ConfigMap/c/k");
  EXPECT_EQ(tried(table, workflow("d"), {semaphore({})}), "Failed to get semaphore limit for ns/ConfigMap/c/k");
  EXPECT_EQ(table.holders("ns/ConfigMap/c/k").size(), 3u);
  EXPECT_EQ(tried(table, workflow("d"), {semaphore(1)}), "Waiting for ns/ConfigMap/c/k lock. Lock status: -2/1");
}

TEST(Locks, AllOrNone) {  // SYN-3
  LockTable table;
  EXPECT_EQ(tried(table, workflow("a"), {semaphore(1)}), "ok");
  const std::vector<LockWanted> both{kMutex, semaphore(1)};
  const LockAttempt attempt = table.try_acquire(workflow("b"), both);
  EXPECT_FALSE(attempt.acquired);
  EXPECT_EQ(attempt.failed, "ns/ConfigMap/c/k");
  EXPECT_EQ(table.holders(kLock), Names{});
  EXPECT_EQ(table.release("ns/a", {"ns/ConfigMap/c/k"}), Names{"ns/b"});
  EXPECT_TRUE(table.try_acquire(workflow("b"), both).newly);
  EXPECT_EQ(table.holders(kLock), Names{"ns/b"});
}

TEST(Locks, FrontOfOneWorkflowAndLevel) {  // SYN-5: any node of the front's workflow may take it
  LockTable table;
  EXPECT_EQ(tried(table, node("a", "1"), {kMutex}), "ok");
  EXPECT_EQ(tried(table, node("b", "2"), {kMutex}), kWaiting);
  EXPECT_EQ(tried(table, node("b", "3"), {kMutex}), kWaiting);
  EXPECT_EQ(tried(table, workflow("b"), {kMutex}), kWaiting);
  EXPECT_EQ(table.release("ns/a/1", {kLock}), Names{"ns/b"});
  EXPECT_EQ(table.ready_holders("ns/b"), Names{"ns/b/2"});
  EXPECT_NE(tried(table, workflow("b"), {kMutex}), "ok");
  EXPECT_EQ(tried(table, node("b", "3"), {kMutex}), "ok");
}

TEST(Locks, ReleaseOfAWholeWorkflow) {  // SYN-8
  LockTable table;
  EXPECT_EQ(tried(table, node("a", "1"), {kMutex}), "ok");
  EXPECT_EQ(tried(table, node("a", "2"), {kMutex}), kWaiting);
  EXPECT_EQ(tried(table, node("ab", "3"), {kMutex}), kWaiting);
  EXPECT_EQ(table.release_all("ns/a"), Names{"ns/ab"});
  EXPECT_EQ(table.waiting_for(kLock), Names{"ns/ab"});  // another workflow, though its name begins alike
  EXPECT_EQ(table.release_all("ns/ab"), Names{});
  EXPECT_TRUE(table.empty());
}

TEST(Locks, Restored) {  // SYN-9
  LockTable table;
  EXPECT_TRUE(table.restore(workflow("a"), kMutex));
  EXPECT_FALSE(table.restore(workflow("b"), kMutex));
  EXPECT_EQ(tried(table, workflow("c"), {kMutex}), "Waiting for ns/Mutex/m lock. Lock status: -1/1");
}

}  // namespace
}  // namespace wf::engine
