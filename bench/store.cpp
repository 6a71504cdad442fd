// SPDX-License-Identifier: Apache-2.0
// How many small workflows a second the store takes from creation to completion, each commit durable,
// and how long lists take. Usage: bench_store [FOLDER [WORKFLOWS]]
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "base/text.h"
#include "io/file.h"
#include "io/system.h"
#include "json/text.h"
#include "store/sqlite_store.h"

namespace {

using namespace wf;
using json::Value;
using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

const char* kWorkflowText = R"({"kind":"Workflow","metadata":{"generateName":"hello-world-","namespace":"argo","labels":{"team":"a"}},
"spec":{"entrypoint":"main","arguments":{},"templates":[{"name":"main","container":{"image":"busybox","command":["echo"],"args":["hello world"]}}]}})";

// Drives each workflow through: created, running with one node, node running, done.
class Course {
 public:
  Course(store::ObjectStore& store, int count, int at_once) : store_(store), count_(count), at_once_(at_once) {}

  void run() {
    for (int i = 0; i < at_once_; ++i) start_next();
    std::unique_lock lock(mutex_);
    all_done_.wait(lock, [&] { return done_ == count_; });
  }

 private:
  void start_next() {
    if (started_.fetch_add(1) >= count_) return;
    static const Value kObject = *json::parse(kWorkflowText);
    store_.commit({{store::Create{kObject}}}, [this](Result<store::Written> made) { step(*std::move(made), 0); });
  }

  void step(store::Written written, int at) {
    if (at == 3) {
      start_next();
      const std::lock_guard lock(mutex_);
      if (++done_ == count_) all_done_.notify_one();
      return;
    }
    static const char* const kPhases[] = {"Pending", "Running", "Succeeded"};
    Value header = std::move(written.front());
    Value& status = header.at("status");
    status.set("phase", at == 2 ? "Succeeded" : "Running");
    status.set("startedAt", "2026-01-01T00:00:00Z");
    status.set("progress", at == 2 ? "1/1" : "0/1");
    if (at == 2) header.at("metadata").at("labels").set("workflows.argoproj.io/completed", "true");
    const std::string_view name = header["metadata"]["name"].as_string();
    Value node = Value::object({{"id", name}, {"name", name}, {"displayName", name}, {"type", "Pod"},
                                {"templateName", "main"}, {"phase", kPhases[at]},
                                {"startedAt", "2026-01-01T00:00:00Z"}, {"progress", "0/1"}});
    store::Turn turn{std::move(header), {{std::string(name), std::move(node)}}, false};
    store_.commit({{std::move(turn)}}, [this, at](Result<store::Written> next) { step(*std::move(next), at + 1); });
  }

  store::ObjectStore& store_;
  const int count_, at_once_;
  std::atomic<int> started_{0};
  std::mutex mutex_;
  std::condition_variable all_done_;
  int done_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  auto temporary = io::TempDirectory::create();
  const std::string folder = argc > 1 ? argv[1] : temporary->path();
  const int count = argc > 2 ? std::atoi(argv[2]) : 10'000;
  io::SystemClock clock;
  io::SystemRandom random;
  auto opened = store::open_sqlite_store(folder + "/bench.db", clock, random);
  if (!opened.ok()) {
    std::fprintf(stderr, "%s\n", opened.error().message().c_str());
    return 1;
  }
  store::ObjectStore& store = **opened;
  for (const int at_once : {1, 16, 256}) {
    const int n = at_once == 1 ? count / 20 : count;
    const auto start = Steady::now();
    Course(store, n, at_once).run();
    std::printf("%3d at once: %8.0f workflows/s (4 durable commits each)\n", at_once, n / seconds_since(start));
  }
  const auto time = [&](const char* what, store::ListRequest request) {
    const auto start = Steady::now();
    const auto page = store.list(request);
    std::printf("%-40s %7.2f ms (%zu)\n", what, seconds_since(start) * 1e3, page.ok() ? page->items.size() : 0);
  };
  store::ListRequest summary{.kind = "Workflow", .ns = "argo", .detail = store::Detail::Summary, .limit = 10'000};
  time("list 10,000, summaries", summary);
  time("list 10,000, summaries, again", summary);
  store::ListRequest page{.kind = "Workflow", .ns = "argo", .detail = store::Detail::Header, .limit = 50, .offset = 5000, .count_remaining = true};
  time("page of 50 at 5,000", page);
  page.count_remaining = false;
  time("page of 50 at 5,000, not counting", page);
  page.labels = *spec::LabelSelector::parse("team=a,workflows.argoproj.io/completed=true");
  time("page of 50 at 5,000, by label", page);
  store::ListRequest open{.kind = "Workflow", .completed = false, .detail = store::Detail::Full};
  time("unfinished ones", open);
  return 0;
}
