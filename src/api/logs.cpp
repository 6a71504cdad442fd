// SPDX-License-Identifier: Apache-2.0
// Logs of a workflow's pods, merged by the time of their lines. Following ends with the workflow.
#include <re2/re2.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "api/stream.h"
#include "base/text.h"
#include "spec/names.h"
#include "store/kinds.h"

namespace wf::api {
namespace {

using store::Detail;

constexpr size_t kLineMax = 1 << 20;        // a longer line is sent in pieces
constexpr size_t kHeldMax = 64u << 20;      // bytes of lines that are sorted together
constexpr auto kMergeEvery = std::chrono::milliseconds(250);

struct Asked {
  store::Key key;
  std::string pod;        // "": all
  std::string container;
  bool timestamps = false;
  engine::LogQuery query;
  std::shared_ptr<const re2::RE2> grep;  // null: every line
};

struct Entry {
  Time at{};
  std::string pod, content;
};

// "2026-01-02T03:04:05.678901234Z", as the kubelet prints it.
std::string timestamp(Time at) {
  std::string text = to_rfc3339(at);
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, ".%09lld",
                static_cast<long long>((at - whole_seconds(at)).count()));
  text.insert(text.size() - 1, fraction);
  return text;
}

bool is_finished(const json::Value& workflow) {
  const std::string_view phase = workflow["status"]["phase"].as_string();
  return phase == "Succeeded" || phase == "Failed" || phase == "Error";
}

// The pods that have begun, in the order of their start.
std::vector<std::string> pods_of(const json::Value& workflow, const Asked& asked) {
  std::vector<std::pair<std::string_view, std::string>> pods;
  for (const json::Member& member : workflow["status"]["nodes"].members()) {
    const json::Value& node = member.value;
    if (node["type"].as_string() != "Pod" || node["phase"].as_string() == "Pending") continue;
    std::string pod = spec::pod_name_of(workflow, node);
    if (asked.pod.empty() || asked.pod == pod) pods.emplace_back(node["startedAt"].as_string(), std::move(pod));
  }
  std::stable_sort(pods.begin(), pods.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (auto& [started, pod] : pods) names.push_back(std::move(pod));
  return names;
}

// Puts together the pieces of one pod's lines and gives on those that are wanted.
class LineFilter {
 public:
  LineFilter(const Asked& asked, std::string pod, std::function<bool(Entry)> take)
      : asked_(asked), pod_(std::move(pod)), take_(std::move(take)) {}

  bool add(const engine::LogLine& line) {
    std::string& text = pieces_[line.is_stderr];
    text.append(line.text);
    if (!line.whole && text.size() < kLineMax) return true;
    return finish(line.at, std::exchange(text, std::string()));
  }

 private:
  bool finish(Time at, std::string text) {
    if (asked_.timestamps) text.insert(0, timestamp(at) + " ");
    if (asked_.grep != nullptr && !re2::RE2::PartialMatch(text, *asked_.grep)) return true;
    return take_({at, pod_, std::move(text)});
  }

  const Asked& asked_;
  std::string pod_;
  std::function<bool(Entry)> take_;
  std::string pieces_[2];
};

bool send_sorted(std::vector<Entry>& entries, Messages& out) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.at < b.at; });
  for (const Entry& entry : entries) {
    json::Value message = json::Value::object();
    if (!entry.content.empty()) message.set("content", entry.content);
    message.set("podName", entry.pod);
    if (!out.send(message)) return false;
  }
  entries.clear();
  return true;
}

// All that there is now, pod by pod.
Result<void> send_present(const Services& services, const Asked& asked, const std::vector<std::string>& pods,
                          Messages& out) {
  std::vector<Entry> entries;
  size_t held = 0;
  bool there = true;
  for (const std::string& pod : pods) {
    LineFilter filter(asked, pod, [&](Entry entry) {
      held += entry.content.size();
      entries.push_back(std::move(entry));
      if (held < kHeldMax) return true;
      held = 0;
      return there = send_sorted(entries, out);
    });
    const auto read = services.operations.read_log(asked.key.ns, pod, asked.container, asked.query,
                                                   [&](const engine::LogLine& line) { return filter.add(line); });
    if (!there) return {};
    if (!read.ok() && (pods.size() == 1 || read.error().code() != Code::NotFound)) return read.error();
  }
  send_sorted(entries, out);
  return {};
}

// Readers of pods that run, each on a thread, and what they have read. The mutex guards the entries.
class Followers {
 public:
  Followers(const Services& services, const Asked& asked) : services_(services), asked_(asked) {
    asked_.query.cancelled = [this] { return stop_.load(); };
  }
  ~Followers() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  void follow(const std::vector<std::string>& pods) {
    for (const std::string& pod : pods) {
      if (!known_.insert(pod).second) continue;
      ++running_;
      threads_.emplace_back([this, pod] { read(pod); });
    }
  }

  std::vector<Entry> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(entries_, {});
  }
  bool idle() const { return running_ == 0; }

 private:
  void read(const std::string& pod) {
    LineFilter filter(asked_, pod, [this](Entry entry) {
      const std::lock_guard lock(mutex_);
      entries_.push_back(std::move(entry));
      return !stop_;
    });
    // A pod whose log cannot be read does not end the others'.
    [[maybe_unused]] const auto ended = services_.operations.read_log(
        asked_.key.ns, pod, asked_.container, asked_.query, [&](const engine::LogLine& line) { return filter.add(line); });
    --running_;
  }

  const Services& services_;
  Asked asked_;
  std::atomic<bool> stop_{false};
  std::atomic<int> running_{0};
  std::set<std::string> known_;
  std::mutex mutex_;
  std::vector<Entry> entries_;
  std::vector<std::thread> threads_;
};

Result<void> send_following(const Services& services, const Asked& asked, Messages& out) {
  TRY(const auto watch, services.store.watch({asked.key.kind, asked.key.ns, asked.key.name, 0}));
  Followers followers(services, asked);
  bool look = true, finished = false;
  while (out.tick()) {
    if (look) {
      const auto workflow = services.store.get(asked.key);
      finished = !workflow.ok() || is_finished(*workflow);
      if (workflow.ok()) followers.follow(pods_of(*workflow, asked));
    }
    const bool done = finished && followers.idle();  // before the last lines are taken
    std::vector<Entry> entries = followers.take();
    if (!send_sorted(entries, out)) return {};
    if (done) return {};
    TRY(const auto events, watch->next(kMergeEvery));
    look = !events.empty();
  }
  return {};
}

Result<Time> since_of(const Services& services, const Call& call) {
  if (const std::string text = call.text("logOptions.sinceTime"); !text.empty()) return parse_rfc3339(text);
  const auto seconds = [&](std::string_view name) {
    const std::string_view text = call.query.get(name);
    int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::chrono::seconds(value);
  };
  if (const auto at = seconds("logOptions.sinceTime.seconds"); at.count() > 0) return Time(at);
  if (const auto ago = seconds("logOptions.sinceSeconds"); ago.count() > 0) return services.clock.now() - ago;
  return Time{};
}

Result<Asked> asked_of(const Services& services, const Call& call) {
  TRY(const json::Value workflow, get_workflow(services, call.ns(), call.name(), Detail::Summary));
  TRY_DO(check_ours(services, workflow));
  Asked asked;
  TRY(asked.key, store::key_of(workflow));
  asked.pod = call.args.size() > 2 ? call.args[2] : call.text("podName");
  asked.container = call.text("logOptions.container");
  if (asked.container.empty()) asked.container = "main";
  asked.timestamps = call.flag("logOptions.timestamps");
  asked.query.follow = call.flag("logOptions.follow");
  TRY(asked.query.since, since_of(services, call));
  const std::string_view tail = call.query.get("logOptions.tailLines");
  int64_t lines = -1;
  std::from_chars(tail.data(), tail.data() + tail.size(), lines);
  if (lines >= 0) asked.query.tail = lines;
  if (const std::string grep = call.text("grep"); !grep.empty()) {
    asked.grep = std::make_shared<const re2::RE2>(grep, re2::RE2::Quiet);
    if (!asked.grep->ok()) return Error(cat("failed to compile ", go_quote(grep), ": ", asked.grep->error()));
  }
  if (!call.text("selector").empty()) return Error("logs cannot be chosen by a pod selector here; name the pod instead");
  return asked;
}

Result<io::HttpResponse> logs(const Services& services, const Call& call) {
  TRY(const Asked asked, asked_of(services, call));
  return streamed(call, [&services, asked](Messages& out) -> Result<void> {
    if (asked.query.follow) return send_following(services, asked, out);
    TRY(const json::Value workflow, services.store.get(asked.key));
    return send_present(services, asked, pods_of(workflow, asked), out);
  });
}

constexpr Route kRoutes[] = {
    {"GET", "/api/v1/workflows/{}/{}/log", logs},
    {"GET", "/api/v1/workflows/{}/{}/{}/log", logs},
};

}  // namespace

std::span<const Route> log_routes() { return kRoutes; }

}  // namespace wf::api
