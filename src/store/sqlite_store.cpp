// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "io/file.h"
#include "store/detail/schema.h"
#include "store/detail/sqlite_tables.h"

namespace wf::store {
namespace {

using detail::Database;

constexpr size_t kBatchMax = 1000;  // commits in one transaction: bounds how long the first waits

struct Pending {
  Transaction transaction;
  Done done;
};

class SqliteStore final : public ObjectStore {
 public:
  SqliteStore(std::string path, std::unique_ptr<Database> writer, uint64_t revision, const Clock& clock,
              Random& random, const SqliteStoreOptions& options)
      : path_(std::move(path)), clock_(clock), random_(random), writer_(std::move(writer)), tables_(*writer_),
        revision_(revision), hub_(revision, options.events_max), thread_([this] { write_loop(); }) {}

  ~SqliteStore() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      wake_.notify_one();
    }
    thread_.join();
  }

  void commit(Transaction transaction, Done done) override {
    const std::lock_guard lock(mutex_);
    CHECK(!stopping_);
    queue_.push_back({std::move(transaction), std::move(done)});
    if (queue_.size() == 1) wake_.notify_one();
  }
  using ObjectStore::commit;

  Result<json::Value> get(const Key& key, Detail detail) override {
    return reading([&](Database& database) { return detail::read_object(database, key, detail); });
  }
  Result<json::Value> get_by_uid(const std::string& uid, Detail detail) override {
    return reading([&](Database& database) { return detail::read_workflow_by_uid(database, uid, detail); });
  }
  Result<json::Value> get_node(const Key& workflow, const std::string& id) override {
    return reading([&](Database& database) { return detail::read_node(database, workflow, id); });
  }
  Result<ListPage> list(const ListRequest& request) override {
    return reading([&](Database& database) { return detail::read_list(database, request); });
  }
  Result<std::vector<PutAction>> actions() override {
    return reading([&](Database& database) { return detail::read_actions(database); });
  }
  Result<std::unique_ptr<Watch>> watch(WatchRequest request) override { return hub_.watch(std::move(request)); }
  Result<void> backup(const std::string& file) override;

 private:
  void write_loop();
  void write_batch(std::deque<Pending>& batch);
  Result<void> write_transactions(std::deque<Pending>& batch, std::vector<Result<Written>>& results,
                                  std::vector<Event>& events, uint64_t& revision);

  // Runs `read` on a connection of its own.
  template <class Read>
  auto reading(Read&& read) -> decltype(read(std::declval<Database&>())) {
    std::unique_ptr<Database> database;
    {
      const std::lock_guard lock(readers_mutex_);
      if (!readers_.empty()) {
        database = std::move(readers_.back());
        readers_.pop_back();
      }
    }
    if (database == nullptr) {
      TRY(database, Database::open(path_, Database::Access::ReadOnly));
    }
    auto result = read(*database);
    const std::lock_guard lock(readers_mutex_);
    readers_.push_back(std::move(database));
    return result;
  }

  const std::string path_;
  const Clock& clock_;
  Random& random_;
  // Of the writing thread only.
  std::unique_ptr<Database> writer_;
  detail::SqliteTables tables_;
  uint64_t revision_;

  WatchHub hub_;
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<Database>> readers_;

  std::mutex mutex_;  // guards the three below
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

void SqliteStore::write_loop() {
  for (;;) {
    std::deque<Pending> batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;  // all that was accepted has been written
      if (queue_.size() <= kBatchMax) {
        batch.swap(queue_);
      } else {
        const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(kBatchMax);
        batch.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
        queue_.erase(queue_.begin(), end);
      }
    }
    write_batch(batch);
  }
}

void SqliteStore::write_batch(std::deque<Pending>& batch) {
  std::vector<Result<Written>> results;
  std::vector<Event> events;
  uint64_t revision = revision_;
  auto written = write_transactions(batch, results, events, revision);
  if (written.ok()) {
    revision_ = revision;
    hub_.publish(std::move(events));
  } else {
    [[maybe_unused]] const auto undone = writer_->execute("ROLLBACK");  // fails where none is open
    const Error error = std::move(written.error()).wrap("writing");
    results.assign(batch.size(), Result<Written>(error));
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    if (batch[i].done) batch[i].done(std::move(results[i]));
  }
}

Result<void> SqliteStore::write_transactions(std::deque<Pending>& batch, std::vector<Result<Written>>& results,
                                             std::vector<Event>& events, uint64_t& revision) {
  TRY_DO(writer_->execute("BEGIN IMMEDIATE"));
  for (Pending& pending : batch) {
    auto outcome = detail::apply({tables_, clock_, random_, revision, events}, std::move(pending.transaction));
    if (auto* failure = std::get_if<detail::Failure>(&outcome)) {
      if (failure->verdict == detail::Verdict::Broken) return std::move(failure->error);
      results.emplace_back(std::move(failure->error));
    } else {
      results.emplace_back(std::move(std::get<Written>(outcome)));
    }
  }
  if (revision != revision_) {
    detail::Statement& query = writer_->query("UPDATE counters SET value=?1 WHERE name='revision'");
    TRY_DO(query.bind(1, static_cast<int64_t>(revision)).run());
  }
  return writer_->execute("COMMIT");
}

Result<void> SqliteStore::backup(const std::string& file) {
  const std::string temporary = file + ".part";
  ::unlink(temporary.c_str());
  {
    const io::Fd created(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!created) return io::errno_error(errno, "creating", temporary);
  }
  auto copied = reading([&](Database& database) { return database.backup_to(temporary); });
  if (copied.ok() && ::rename(temporary.c_str(), file.c_str()) != 0) {
    copied = io::errno_error(errno, "renaming to", file);
  }
  if (!copied.ok()) ::unlink(temporary.c_str());
  return copied;
}

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_sqlite_store(const std::string& path, const Clock& clock, Random& random,
                                                       SqliteStoreOptions options) {
  {
    // SQLite gives its side files the mode of the main one.
    const io::Fd created(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!created) return io::errno_error(errno, "opening store", path);
  }
  TRY(auto database, Database::open(path, Database::Access::ReadWrite));
  TRY_DO(detail::migrate(*database, path));
  TRY_DO(database->execute("PRAGMA journal_mode=WAL"));
  TRY_DO(database->execute(options.synchronous ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF"));
  TRY_DO(database->execute("PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY"));
  TRY(const uint64_t revision, detail::read_revision(*database));
  return std::unique_ptr<ObjectStore>(
      std::make_unique<SqliteStore>(path, std::move(database), revision, clock, random, options));
}

}  // namespace wf::store
