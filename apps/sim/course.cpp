// SPDX-License-Identifier: Apache-2.0
#include "sim/course.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "json/text.h"
#include "store/kinds.h"
#include "store/memory_store.h"
#include "store/sqlite_store.h"

namespace wf::sim {

using json::Value;

namespace {

constexpr int kStepsMax = 200'000;
constexpr Duration kLongest = std::chrono::hours(24 * 20);
// Longer than the resync period: what a lost notice left is found by then (REC-1).
constexpr Duration kMissingMax = std::chrono::minutes(45);

store::Key key_of(const std::string& name) { return {std::string(store::kWorkflow), kNamespace, name}; }

// What must not depend on when things happened.
Value essence(const Value& workflow) {
  const Value& nodes = workflow["status"]["nodes"];
  std::map<std::string, Value> by_name;
  const auto names = [&](const Value& ids) {
    std::vector<std::string> list;
    for (const Value& id : ids.items()) list.emplace_back(nodes[id.as_string()]["name"].as_string());
    std::sort(list.begin(), list.end());
    Value sorted = Value::array();
    for (const std::string& name : list) sorted.push_back(name);
    return sorted;
  };
  for (const json::Member& member : nodes.members()) {
    const Value& node = member.value;
    Value kept = Value::object({});
    for (const char* field : {"type", "phase", "templateName", "displayName", "boundaryID", "inputs", "outputs"}) {
      kept.set(field, node[field]);
    }
    // A daemon ends when it is told to: whether that is still seen depends on the time.
    if (node["templateName"].as_string() == "serve") kept.set("phase", ""), kept.set("outputs", "");
    kept.set("children", names(node["children"]));
    by_name[std::string(node["name"].as_string())] = kept;
  }
  Value all = Value::object({{"phase", workflow["status"]["phase"]}});
  for (const auto& [name, node] : by_name) all.set(name, node);
  return all;
}

}  // namespace

Course::Course(const Scenario& scenario, const Faults& faults, uint64_t seed)
    : scenario_(scenario), asked_(faults), random_(seed * 5 + 1), ids_(seed * 5 + 2), store_(faults_, seed * 5 + 3),
      pods_(clock_, faults_, scenario, seed * 5 + 4) {
  auto config = config::ControllerConfig::from_settings(scenario.settings);
  if (config.ok()) settings_.config = std::move(*config);
}

Course::~Course() { controller_.reset(); }

void Course::problem(std::string text) {
  if (std::find(outcome_.problems.begin(), outcome_.problems.end(), text) != outcome_.problems.end()) return;
  if (verbose_) std::printf("%s  PROBLEM %s\n", to_rfc3339(clock_.time).c_str(), text.c_str());
  outcome_.problems.push_back(std::move(text));
}

void Course::open_store() {
  if (!asked_.sqlite) return store_.set_inner(store::make_memory_store(clock_, ids_));
  if (!folder_) {
    auto made = io::TempDirectory::create("sim");
    if (!made.ok()) return problem(made.error().message());
    folder_.emplace(std::move(*made));
  }
  store_.set_inner(nullptr);  // one at a time
  auto opened = store::open_sqlite_store(folder_->path() + "/store", clock_, ids_, {.synchronous = false});
  if (!opened.ok()) return problem(opened.error().message());
  store_.set_inner(std::move(*opened));
}

void Course::begin() {
  controller_ = std::make_unique<control::Controller>(store_, pods_, clock_, ids_, settings_);
  const auto started = controller_->start();
  if (!started.ok()) problem(started.error().message());
}

// The controller is no more; what the store and the cluster have is all that the next one finds.
void Course::restart() {
  for (;;) {
    ++outcome_.crashes;
    if (verbose_) std::printf("%s  crash\n", to_rfc3339(clock_.time).c_str());
    controller_.reset();
    if (asked_.sqlite) open_store();
    clock_.time += random_.up_to_seconds(random_.chance(10) ? 600 : 2);
    pods_.advance();
    try {
      return begin();
    } catch (const Crash&) {}
  }
}

void Course::submit() {
  const auto limits = store_.create(scenario_.config_map);
  if (!limits.ok()) problem(limits.error().message());
  for (const Value& workflow : scenario_.workflows) {
    const auto made = controller_->operations().create(workflow, control::DryRun::Off);
    if (!made.ok()) problem(cat("refused: ", made.error().message(), " ", json::print(workflow["spec"])));
    clock_.time += std::chrono::seconds(1);
  }
}

bool Course::step() {
  try {
    return controller_->step();
  } catch (const Crash&) {
    restart();
    return true;
  }
}

// Nothing is due: time passes up to where something is.
void Course::pause() {
  Time next = controller_->next_due();
  const Time pods = pods_.next_due();
  if (!is_set(next) || (is_set(pods) && pods < next)) next = pods;
  if (!is_set(next)) {
    clock_.time += std::chrono::minutes(1);
  } else {
    clock_.time = std::max(clock_.time, next);
  }
  if (random_.per_mille(faults_.clock_jump)) {
    missing_.clear();
    clock_.time += std::chrono::seconds(random_.chance(50) ? random_.between(1, 7200) : -random_.between(1, 300));
  }
  pods_.advance();
}

// People go on with what waits for them.
void Course::let_on() {
  for (const Value& workflow : scenario_.workflows) {
    const std::string name(workflow["metadata"]["name"].as_string());
    if (ended_.contains(name)) continue;
    const auto now = store_.get(key_of(name), store::Detail::Full);
    if (!now.ok()) continue;
    for (const json::Member& node : (*now)["status"]["nodes"].members()) {
      if (node.value["templateName"].as_string() != "hold" || node.value["phase"].as_string() != "Running") continue;
      [[maybe_unused]] const auto resumed = controller_->operations().resume(key_of(name), cat("name=", node.value["name"].as_string()));
    }
  }
}

void Course::user_acts() {
  const Value& any = scenario_.workflows[static_cast<size_t>(random_.below(static_cast<int>(scenario_.workflows.size())))];
  const store::Key key = key_of(std::string(any["metadata"]["name"].as_string()));
  if (random_.per_mille(faults_.touch)) store_.touch(key);
  if (!faults_.stop || stopped_ || !random_.chance(5)) return;
  stopped_ = true;
  if (random_.chance(50)) {
    [[maybe_unused]] const auto done = controller_->operations().stop(key, "", "");
  } else {
    [[maybe_unused]] const auto done = controller_->operations().terminate(key);
  }
}

// A step whose pod nobody has made, and nobody makes.
void Course::look_for_lost(const Value& workflow) {
  for (const json::Member& member : workflow["status"]["nodes"].members()) {
    const Value& node = member.value;
    const std::string& id = std::string(member.key());
    const std::string_view phase = node["phase"].as_string();
    const bool waits = !node["synchronizationStatus"]["waiting"].as_string().empty();
    if (node["type"].as_string() != "Pod" || (phase != "Pending" && phase != "Running") || waits || pods_.has(id)) {
      missing_.erase(id);
      continue;
    }
    const auto [since, first] = missing_.emplace(id, clock_.time);
    if (clock_.time - since->second > kMissingMax) {
      problem(cat("the step ", node["name"].as_string(), " is ", phase, " and has had no pod since ", to_rfc3339(since->second)));
    }
  }
}

void Course::look_at(const Value& workflow) {
  const std::string name(workflow["metadata"]["name"].as_string());
  const bool completed = workflow["metadata"]["labels"]["workflows.argoproj.io/completed"].as_string() == "true";
  const auto ended = ended_.find(name);
  if (ended != ended_.end()) {
    if (!(workflow["status"] == ended->second)) {
      problem(cat("workflow ", name, " changed after its end: ", json::print(ended->second), " to ", json::print(workflow["status"])));
      ended->second = workflow["status"];
    }
  } else if (completed) {
    if (verbose_) std::printf("%s  %s %s\n", to_rfc3339(clock_.time).c_str(), name.c_str(), std::string(workflow["status"]["phase"].as_string()).c_str());
    ended_[name] = workflow["status"];
    outcome_.workflows[name] = essence(workflow);
  } else {
    look_for_lost(workflow);
  }
}

void Course::look() {
  for (const Value& each : scenario_.workflows) {
    const auto now = store_.get(key_of(std::string(each["metadata"]["name"].as_string())), store::Detail::Full);
    if (now.ok()) look_at(*now);
  }
}

// All have ended: nothing may be left.
void Course::conclude() {
  faults_ = Faults::none();
  const Time until = clock_.time + std::chrono::hours(2);
  while (clock_.time < until && ++outcome_.steps < kStepsMax) {
    if (!step()) pause();
  }
  look();
  for (const std::string& node : pods_.alive()) problem(cat("the pod of ", node, " still runs when all has ended"));
  if (!controller_->at_rest()) problem("locks, places among the running or workflows in memory are left when all has ended");
}

Outcome Course::run() {
  open_store();
  begin();
  submit();
  faults_ = asked_;
  const Time limit = clock_.time + kLongest;
  while (!all_ended() && outcome_.steps < kStepsMax && clock_.time < limit) {
    ++outcome_.steps;
    // Now and then the world goes on while there is work.
    if (random_.chance(10)) {
      clock_.time += random_.up_to_seconds(1);
      pods_.advance();
    }
    if (step()) continue;
    look();
    try {
      let_on();
      user_acts();
    } catch (const Crash&) {
      restart();
    }
    pause();
  }
  for (const Value& each : scenario_.workflows) {
    const std::string name(each["metadata"]["name"].as_string());
    if (ended_.contains(name)) continue;
    const auto now = store_.get(key_of(name), store::Detail::Full);
    problem(cat("workflow ", name, " does not end: ", now.ok() ? json::print((*now)["status"]) : now.error().message()));
  }
  if (all_ended()) conclude();
  for (const std::string& text : pods_.problems()) problem(text);
  outcome_.created = pods_.created();
  return outcome_;
}

}  // namespace wf::sim
