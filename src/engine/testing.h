// SPDX-License-Identifier: Apache-2.0
// engine/testing.h: a workflow run on a stage: pods end as the test says, a clock that the test moves,
// a world of a few objects in memory. For the tests of this room only; testing_test.cpp has the rest.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/locks.h"
#include "engine/run.h"
#include "engine/world.h"
#include "json/value.h"

namespace wf::engine {

json::Value yaml(std::string_view text);
json::Value read_json(std::string_view text);

class TestWorld final : public World {
 public:
  TestWorld();
  void put(json::Value object);
  json::Value find(std::string_view kind, std::string_view ns, std::string_view name) const override;
  const podspec::Controller& controller() const override { return controller_; }
  LockTable& locks() override { return locks_; }
  Result<std::optional<MemoEntry>> load_memo(std::string_view cache, std::string_view key) override;
  Result<void> save_memo(std::string_view cache, std::string_view key, const MemoEntry& entry) override;
  json::Value estimate_baseline(const json::Value&) const override { return {}; }
  std::string validate(const json::Value&) override { return ""; }
  bool archives(const json::Value&) const override { return false; }

 private:
  std::map<std::string, json::Value, std::less<>> objects_;  // "Kind/name"
  podspec::Controller controller_;
  LockTable locks_;
};

// How a pod ends: well, unless said otherwise.
struct End {
  int exit_code = 0;      // of main
  int wait_exit_code = 0;
  std::string message{};
  std::optional<std::string> result{};
  std::map<std::string, std::string> parameters{};
  bool stays = false;     // runs on until it is stopped, and is not heard of again
  bool vanishes = false;  // is deleted by somebody while it runs
};

class Stage {
 public:
  // The spec of a workflow named `wf` in namespace `ns`. A `world` is given where several share one.
  explicit Stage(std::string_view spec, TestWorld* world = nullptr, std::string name = "wf");

  TestWorld& world() { return *world_; }
  Run& run() { return *run_; }
  Time now() const { return now_; }

  // The next pods whose node's name matches the glob end like this, in turn; the last one for ever.
  Stage& pods(std::string glob, std::vector<End> ends);

  // One turn, a second later, of what was delivered since the last.
  Turn turn();
  // Turns until one changes nothing.
  void settle();
  // Settles, and lets pods go on and time pass, until the workflow ends or nothing can happen.
  void play();
  // One step of a pod: it is seen running, or as ended. False where there is none that may go on.
  bool step(size_t which = 0);
  // Lets the pod of a node go on to its end.
  void finish(std::string_view node);
  void wait(Duration time) { now_ += time; }
  // The workflow as a user's change left it: loaded anew, as after a restart.
  void reload(const json::Value& workflow);
  void restart() { reload(run_->object(Times::Exact)); }
  // Forgets before each turn: the slow, obvious way.
  bool forgetful = false;

  std::string phase() const { return run_->phase(); }
  std::string message() const;
  // "NAME TYPE PHASE[: MESSAGE]" a line, in the order of creation; the names without `wf` in front.
  std::string nodes() const;
  const Node& node(std::string_view name) const;
  // "PHASE[: MESSAGE]", "none" where there is no such node.
  std::string state(std::string_view name) const;
  // Names of its children, or of its outbound nodes, with spaces.
  std::string children(std::string_view name) const;
  std::string outbound(std::string_view name) const;
  std::string output(std::string_view node, std::string_view parameter) const;
  // Names of nodes whose pods were made, in order.
  const std::vector<std::string>& created() const { return created_; }
  size_t living() const { return pods_.size(); }
  size_t may_step() const;

 private:
  struct Pod {
    PodRequest request;
    End end;
    bool running = false;
    Time started_at{};
  };
  struct Script {
    std::string glob;
    std::vector<End> ends;
    size_t used = 0;
  };
  End end_of(const PodRequest& request);
  void act(const Turn& turn);
  PodSeen seen(const Pod& pod, bool ended) const;
  TaskResult result_of(const Pod& pod) const;
  std::string names(const std::vector<NodeIndex>& list) const;

  std::unique_ptr<TestWorld> own_world_;
  TestWorld* world_;
  std::string name_;
  std::unique_ptr<Run> run_;
  Time now_{};
  Time wake_at_{};
  std::vector<Script> scripts_;
  std::vector<Pod> pods_;     // in the order of creation; ended ones are gone
  std::vector<PodSeen> over_; // ended pods, as seen
  std::vector<std::string> created_;
  Observed seen_;
};

}  // namespace wf::engine
