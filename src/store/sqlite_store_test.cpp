// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "base/text.h"
#include "io/file.h"
#include "io/process.h"
#include "io/system.h"
#include "json/text.h"
#include "store/detail/schema.h"
#include "store/kinds.h"

namespace wf::store {
namespace {

using json::Value;

struct Files : testing::Test {
  io::TempDirectory dir = std::move(*io::TempDirectory::create());
  std::string path = dir.path() + "/db";
  io::SystemClock clock;
  io::SystemRandom random;

  std::unique_ptr<ObjectStore> open(bool synchronous = false) {
    auto store = open_sqlite_store(path, clock, random, {.synchronous = synchronous});
    EXPECT_TRUE(store.ok()) << store.error().message();
    return store.ok() ? std::move(*store) : nullptr;
  }
};

Value workflow(std::string_view name) {
  return Value::object({{"kind", "Workflow"},
                        {"metadata", Value::object({{"name", name}, {"namespace", "argo"}})},
                        {"spec", Value::object({{"entrypoint", "main"}})}});
}

using SqliteStore = Files;

TEST_F(SqliteStore, KeepsEverythingWhenReopened) {
  {
    auto store = open();
    EXPECT_EQ(revision_of(*store->create(workflow("a"))), 1u);
    EXPECT_EQ(revision_of(*store->create(workflow("b"))), 2u);
  }
  auto store = open();
  EXPECT_TRUE(store->get({"Workflow", "argo", "a"}).ok());
  // What happened before is not remembered: who has not seen it must list again.
  EXPECT_FALSE(store->watch({.kind = "Workflow", .after = 1}).ok());
  EXPECT_TRUE(store->watch({.kind = "Workflow", .after = 2}).ok());
  EXPECT_EQ(revision_of(*store->create(workflow("c"))), 3u);
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(SqliteStore, RefusesAStoreOfANewerVersion) {
  open();
  {
    auto database = detail::Database::open(path, detail::Database::Access::ReadWrite);
    ASSERT_TRUE((*database)->execute("PRAGMA user_version=999").ok());
  }
  const auto refused = open_sqlite_store(path, clock, random);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message().find("was written by a newer version"), std::string::npos);
}

TEST_F(SqliteStore, RefusesAnotherProgramsDatabase) {
  {
    auto database = detail::Database::open(path, detail::Database::Access::ReadWrite);
    ASSERT_TRUE((*database)->execute("CREATE TABLE t(x); PRAGMA application_id=7").ok());
  }
  EXPECT_FALSE(open_sqlite_store(path, clock, random).ok());
  ASSERT_TRUE(io::write_file(dir.path() + "/text", "this is no database, but it is long enough to be looked at").ok());
  EXPECT_FALSE(open_sqlite_store(dir.path() + "/text", clock, random).ok());
}

TEST_F(SqliteStore, EveryOlderSchemaOpens) {
  for (int version = 0; version <= detail::newest_schema(); ++version) {
    path = cat(dir.path(), "/v", version);
    {
      auto database = detail::Database::open(path, detail::Database::Access::ReadWrite);
      ASSERT_TRUE(detail::migrate(**database, path, version).ok());
    }
    EXPECT_TRUE(open()->create(workflow("a")).ok());
  }
}

TEST_F(SqliteStore, BackupOfALiveStore) {
  auto store = open();
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) EXPECT_TRUE(store->create(workflow(cat("w", i))).ok());
  });
  while (!store->get({"Workflow", "argo", "w20"}).ok()) std::this_thread::yield();
  const std::string copy = dir.path() + "/copy";
  const auto done = store->backup(copy);
  EXPECT_TRUE(done.ok()) << done.error().message();
  stop = true;
  writer.join();
  path = copy;
  auto restored = open();
  EXPECT_TRUE(restored->get({"Workflow", "argo", "w20"}).ok());
  EXPECT_FALSE(io::exists(copy + ".part"));
}

TEST_F(SqliteStore, ManyThreadsCommitReadAndWatch) {
  auto store = open();
  auto watch = store->watch({.kind = "Workflow"});
  std::vector<std::thread> threads;
  constexpr int kThreads = 4, kEach = 50;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string name = cat("w", t, "-", i);
        EXPECT_TRUE(store->create(workflow(name)).ok());
        EXPECT_TRUE(store->get({"Workflow", "argo", name}).ok());
      }
    });
  }
  size_t seen = 0;
  while (seen < kThreads * kEach) {
    const auto events = (*watch)->next(std::chrono::seconds(60));
    ASSERT_TRUE(events.ok() && !events->empty());
    seen += events->size();
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(seen, static_cast<size_t>(kThreads * kEach));
}

// A child writes workflows and tells each name after its commit; it is killed at some moment. All
// that was told must be there, and each workflow whole: with the node of its turn or without both.
[[noreturn]] void write_until_killed(const std::string& path, int out) {
  io::SystemClock clock;
  io::SystemRandom random;
  auto store = open_sqlite_store(path, clock, random);
  if (!store.ok()) ::_exit(1);
  for (int i = 0;; ++i) {
    auto made = (*store)->create(workflow(cat("p", ::getpid(), "-", i)));
    if (!made.ok()) ::_exit(1);
    Turn turn{*made, {{"n", Value::object({{"id", "n"}})}}, false};
    turn.header.at("status").set("phase", "Running");
    if (!(*store)->commit(Transaction{{turn}}).ok()) ::_exit(1);
    const std::string line = cat((*made)["metadata"]["name"].as_string(), "\n");
    if (!io::write_all(out, line).ok()) ::_exit(1);
  }
}

TEST_F(SqliteStore, NothingAcknowledgedIsLostWhenTheWriterIsKilled) {
  size_t told_in_all = 0;
  for (int round = 0; round < 12; ++round) {
    auto pipe = io::make_pipe();
    ASSERT_TRUE(pipe.ok());
    const pid_t child = ::fork();
    if (child == 0) write_until_killed(path, pipe->second.get());
    pipe->second.reset();
    std::string told;
    char buffer[4096];
    // Let it get going, then kill it at a moment that differs from round to round.
    const size_t enough = 40 + 97 * static_cast<size_t>(round);
    while (told.size() < enough) {
      const ssize_t got = ::read(pipe->first.get(), buffer, sizeof buffer);
      ASSERT_GT(got, 0);
      told.append(buffer, static_cast<size_t>(got));
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    for (ssize_t got; (got = ::read(pipe->first.get(), buffer, sizeof buffer)) > 0;) {
      told.append(buffer, static_cast<size_t>(got));
    }
    told.resize(told.rfind('\n'));
    auto store = open(true);
    for (const std::string_view name : split(told, "\n")) {
      const auto found = store->get({"Workflow", "argo", std::string(name)});
      ASSERT_TRUE(found.ok()) << name;
      ASSERT_EQ((*found)["status"]["nodes"].size(), 1u) << name;
      ++told_in_all;
    }
    const auto all = store->list({.kind = "Workflow"});
    ASSERT_TRUE(all.ok());
    for (const Value& each : all->items) {
      ASSERT_EQ(each["status"]["phase"].as_string() == "Running", each["status"]["nodes"].size() == 1);
    }
  }
  EXPECT_GT(told_in_all, 12u);
}

}  // namespace
}  // namespace wf::store
