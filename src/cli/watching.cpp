// SPDX-License-Identifier: Apache-2.0
#include "cli/watching.h"

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "cli/since.h"
#include "cli/terminal.h"

namespace wf::cli {
namespace {

bool has_finished(const json::Value& workflow) { return !workflow["status"]["finishedAt"].as_string().empty(); }

// Whether to ask again: the connection broke or was silent for long.
bool broken(const Error& error) { return error.code() == Code::Unavailable || error.code() == Code::Timeout; }

Error gone(const std::string& name) { return Error(cat("workflow ", name, " was deleted"), Code::NotFound); }

}  // namespace

Result<std::string> resolve_name(Client& client, const std::string& ns, const std::string& name) {
  TRY(const json::Value workflow, client.get(path("workflows", ns, name) + query({{"fields", "metadata.name"}})));
  return std::string(workflow["metadata"]["name"].as_string());
}

Result<void> follow_workflow(Client& client, const std::string& ns, const std::string& name,
                             const std::function<bool(const json::Value&)>& see) {
  const std::string target = path("workflow-events", ns) + query({{"listOptions.fieldSelector", "metadata.name=" + name}});
  bool deleted = false, done = false;
  for (;;) {
    const auto streamed = client.stream(target, [&](const json::Value& event) {
      deleted = event["type"].as_string() == "DELETED";
      done = !deleted && !see(event["object"]);
      return !deleted && !done;
    });
    if (done) return {};
    if (deleted) return gone(name);
    if (!streamed.ok() && !broken(streamed.error())) return streamed.error();
    TRY_DO(client.reconnect());
    // It may have gone while nobody watched.
    TRY_DO(resolve_name(client, ns, name));
  }
}

Result<bool> wait_for(Client& client, const std::string& ns, const std::vector<std::string>& names, WaitOptions options) {
  bool good = true;
  for (const std::string& given : names) {
    const auto name = resolve_name(client, ns, given);
    if (!name.ok()) {
      if (options.ignore_not_found && name.error().code() == Code::NotFound) continue;
      return std::move(name.error());
    }
    TRY_DO(follow_workflow(client, ns, *name, [&](const json::Value& workflow) {
      if (!has_finished(workflow)) return true;
      const json::Value& status = workflow["status"];
      const std::string_view phase = status["phase"].as_string();
      if (phase != "Succeeded") good = false;
      if (!options.quiet) {
        std::string at(status["finishedAt"].as_string());
        if (at.size() == 20) at = cat(at.substr(0, 10), " ", at.substr(11, 8), " +0000 UTC");
        print(cat(given, " ", phase, " at ", at, "\n"));
        std::fflush(stdout);
      }
      return false;
    }));
  }
  return good;
}

namespace {

// Redraws the newest state, and each second what depends on the time; the latter on terminals only.
class LiveScreen {
 public:
  explicit LiveScreen(print::GetOptions options) : options_(std::move(options)) {
    if (on_terminal()) ticker_ = std::thread([this] { tick(); });
  }
  ~LiveScreen() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    changed_.notify_all();
    if (ticker_.joinable()) ticker_.join();
  }
  void see(const json::Value& workflow) {
    const std::lock_guard lock(mutex_);
    workflow_ = workflow;
    draw();
  }

 private:
  void draw() { screen_.show(print::get_screen(workflow_, options_, now())); }
  void tick() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, std::chrono::seconds(1), [this] { return done_; })) {
      if (!workflow_.is_null()) draw();
    }
  }

  print::GetOptions options_;
  Screen screen_;
  json::Value workflow_;
  bool done_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread ticker_;
};

}  // namespace

Result<void> watch_workflow(Client& client, const std::string& ns, const std::string& name, const OutputFlags& flags) {
  TRY(print::GetOptions options, flags.screen());
  TRY(const std::string resolved, resolve_name(client, ns, name));
  LiveScreen screen(std::move(options));
  return follow_workflow(client, ns, resolved, [&](const json::Value& workflow) {
    screen.see(workflow);
    return !has_finished(workflow);
  });
}

namespace {

// Each pod's lines in a colour of its own.
int colour_of(std::string_view pod) {
  constexpr int kColours[] = {31, 32, 33, 34, 35, 36, 91, 92, 93, 94, 95, 96};
  uint32_t sum = 2166136261U;
  for (const char c : pod) sum = (sum ^ static_cast<unsigned char>(c)) * 16777619U;
  return kColours[sum % std::size(kColours)];
}

Result<QueryPairs> log_query(const std::string& pod, const LogFlags& flags) {
  QueryPairs pairs{{"podName", pod},
                   {"logOptions.container", flags.container},
                   {"grep", flags.grep},
                   {"selector", flags.selector},
                   {"logOptions.follow", flags.follow ? "true" : ""},
                   {"logOptions.previous", flags.previous ? "true" : ""},
                   {"logOptions.timestamps", flags.timestamps ? "true" : ""},
                   {"logOptions.tailLines", flags.tail ? std::to_string(*flags.tail) : ""}};
  if (!flags.since.empty() && !flags.since_time.empty()) return Error("--since-time and --since cannot be used together");
  if (!flags.since.empty()) {
    TRY(const Duration span, parse_ago(flags.since));
    pairs.emplace_back("logOptions.sinceSeconds", std::to_string(std::chrono::ceil<std::chrono::seconds>(span).count()));
  }
  if (!flags.since_time.empty()) {
    TRY(const Time at, parse_rfc3339(flags.since_time));
    pairs.emplace_back("logOptions.sinceTime", to_rfc3339(at));
  }
  return pairs;
}

}  // namespace

Result<void> print_logs(Client& client, const std::string& ns, const std::string& workflow, const std::string& pod,
                        const LogFlags& flags) {
  TRY(const std::string name, resolve_name(client, ns, workflow));
  TRY(const QueryPairs pairs, log_query(pod, flags));
  const bool coloured = output_style(flags.no_color).colour;
  // After a broken connection the lines come again from the start: those seen are passed over.
  size_t seen = 0;
  for (;;) {
    size_t index = 0;
    const auto streamed = client.stream(path("workflows", ns, name, "log") + query(pairs), [&](const json::Value& line) {
      if (index++ < seen) return true;
      ++seen;
      const std::string text = cat(line["podName"].as_string(), ": ", line["content"].as_string());
      print(coloured ? cat("\x1b[", colour_of(line["podName"].as_string()), "m", text, "\x1b[0m\n") : text + "\n");
      if (flags.follow) std::fflush(stdout);
      return true;
    });
    if (streamed.ok()) return {};
    if (!flags.follow || !broken(streamed.error())) return streamed.error();
    TRY_DO(client.reconnect());
  }
}

void FollowFlags::declare(Flags& flags) {
  flags.flag("-w,--wait", wait, "wait for the workflow to complete");
  flags.flag("--watch", watch, "watch the workflow until it completes");
  flags.flag("--log", log, "log the workflow until it completes");
}

int FollowFlags::follow(Client& client, const std::string& ns, const std::vector<std::string>& names,
                        const OutputFlags& output) const {
  std::fflush(stdout);
  if (log) {
    LogFlags flags;
    flags.follow = true;
    for (const std::string& name : names) {
      const auto logged = print_logs(client, ns, name, "", flags);
      if (!logged.ok()) return fail(logged.error());
    }
  }
  if (wait) {
    const auto good = wait_for(client, ns, names, {.quiet = !output.output.empty() && output.output != "wide"});
    if (!good.ok()) return fail(good.error());
    return *good ? 0 : 1;
  }
  if (watch) {
    for (const std::string& name : names) {
      const auto watched = watch_workflow(client, ns, name, output);
      if (!watched.ok()) return fail(watched.error());
    }
  }
  return 0;
}

}  // namespace wf::cli
