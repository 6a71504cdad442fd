// SPDX-License-Identifier: Apache-2.0
// simulate/scripted_pods.h: pods that do what a script says, under a virtual clock. A pod passes
// Pending, Running and its end as separate observations. Single-threaded.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/ports.h"
#include "simulate/outcomes.h"

namespace wf::simulate {

class ScriptedPods {
 public:
  ScriptedPods(std::vector<PodRule> rules, bool keep_created)
      : rules_(std::move(rules)), used_(rules_.size(), 0), keep_created_(keep_created) {}

  // Starts a pod; one that exists is left as it is.
  void create(const engine::PodRequest& request, Time now);
  // Ends a pod that has not begun to run. One that runs ends when its script says: its node has
  // failed by then, and the recordings of the real controller show the same.
  void terminate(const std::string& ns, const std::string& pod, Time now);
  // It is gone; true if it was there.
  bool remove(const std::string& ns, const std::string& pod);
  bool exists(const std::string& ns, const std::string& pod) const;

  // What happens next, and when; nothing if nothing is scheduled.
  std::optional<Time> next() const;
  struct Event {
    std::string ns, workflow, node_id, node_name;
    bool gone = false;              // the pod vanished
    engine::PodSeen seen;
    engine::TaskResult result;
    bool has_result = false;
  };
  // Carries out the first thing that is due at `now`; nothing if nothing is.
  std::optional<Event> step(Time now);

  // Every pod as it was created, in order; none unless they are kept.
  const std::vector<json::Value>& created() const { return created_; }
  // Names of nodes in the order in which their pods were seen.
  const std::vector<std::string>& order() const { return order_; }
  // What is present of one workflow.
  std::vector<engine::PodSeen> present(const std::string& ns, const std::string& workflow) const;

 private:
  enum class Stage { Created, Pending, Running, Ended };
  enum class Change { Show, Run, Progress, End, Deadline, Vanish };
  struct Pod {
    engine::PodRequest request;
    PodRule rule;
    Stage stage = Stage::Created;
    std::string uid;
    Time created_at{}, started_at{}, ended_at{};
    bool deadline_hit = false;
  };
  struct Due {
    Time at;
    uint64_t sequence;
    std::string key;
    std::string uid;
    Change change;
    bool operator<(const Due& other) const { return std::tie(at, sequence) < std::tie(other.at, other.sequence); }
  };
  void schedule(const std::string& key, const Pod& pod, Time at, Change change);
  PodRule rule_for(const engine::PodRequest& request);
  engine::PodSeen seen(const Pod& pod) const;
  void fill_ended(const Pod& pod, engine::PodSeen& out) const;
  engine::TaskResult result(const Pod& pod) const;

  std::vector<PodRule> rules_;
  std::vector<int> used_;
  std::map<std::string, Pod> pods_;
  std::set<Due> due_;
  uint64_t sequence_ = 0;
  uint64_t uids_ = 0;
  bool keep_created_;
  std::vector<json::Value> created_;
  std::vector<std::string> order_;
};

}  // namespace wf::simulate
