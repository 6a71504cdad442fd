// SPDX-License-Identifier: Apache-2.0
// simulate/simulation.h: workflows run against scripted outcomes under a virtual clock: the real
// engine, no process, no file, no waiting. Deterministic: equal inputs give equal results.
#pragma once
#include <map>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/run.h"
#include "simulate/event_log.h"
#include "simulate/outcomes.h"
#include "simulate/scripted_pods.h"
#include "simulate/world.h"

namespace wf::simulate {

struct Setting {
  std::string ns = "default";
  config::ControllerConfig config;
  Time at{};                                   // when it begins; a fixed date where unset
  Duration time_max = std::chrono::hours(24 * 30);
  size_t nodes_max = 2'000'000;
  bool any_image = false;                      // containers without a command run whatever their image runs
  bool keep_pods = true;                       // for the report; without, a large run keeps far less
  bool full_walks = false;                     // forget between turns: the slow, obvious way (tests)
};

// Why it ended.
enum class Ending {
  Finished,  // every workflow completed, no action left, nothing due
  Ended,     // the script's `end` held
  Limit,     // time_max or nodes_max was reached, or nothing can happen any more
};

class Simulation {
 public:
  // `objects` are documents in normal form: workflows and what they refer to, in order.
  Simulation(std::vector<json::Value> objects, Outcomes outcomes, Setting setting);
  ~Simulation();

  Ending run();
  // What it waited for when a limit was reached: one line a workflow.
  std::string waiting_for() const;

  // {"result","workflows","pods","podOrder","events","commands"}
  json::Value report(Ending ending) const;
  // The workflows by name, as the API shows them.
  std::vector<json::Value> workflows() const;
  Time now() const { return now_; }
  Time start() const { return start_; }
  size_t turns() const { return turns_; }
  // For those who watch: called after each turn that changed something, with the nodes that did; and
  // when a user's action put another state in a workflow's place, before its next turn.
  std::function<void(const engine::Run& run, const std::vector<engine::NodeIndex>& changed, Time now)> on_change;
  std::function<void(const engine::Run& run)> on_load;

 private:
  struct Subject;
  struct Wake {
    Time at;
    uint64_t sequence;
    std::string name;
    bool operator<(const Wake& other) const { return std::tie(at, sequence) < std::tie(other.at, other.sequence); }
  };
  void add_workflow(json::Value object);
  void turn(Subject& subject);
  void act(Subject& subject, const engine::Turn& turn);
  void wake(const std::string& name, Time at);
  void notify(Subject& subject);
  bool admitted(const Subject& subject) const;
  bool holds(const Condition& condition, const std::string& workflow) const;
  bool act_for_user();
  std::string command(const UserAction& action);
  Result<std::string> run_argo(std::vector<std::string> words);
  void reload(Subject& subject, json::Value changed);
  bool deliver_pods();
  bool all_ended() const;
  std::optional<Time> next_due() const;

  Setting setting_;
  Outcomes outcomes_;
  SimulatedWorld world_;
  ScriptedPods pods_;
  std::vector<std::unique_ptr<Subject>> subjects_;
  std::map<std::string, Subject*> by_name_;
  std::set<Wake> wakes_;
  uint64_t sequence_ = 0;
  Time start_{}, now_{};
  size_t turns_ = 0;
  size_t next_action_ = 0;
  size_t created_ = 0;
  std::optional<Time> end_since_;
  EventLog events_;
  std::vector<std::string> commands_;
};

}  // namespace wf::simulate
