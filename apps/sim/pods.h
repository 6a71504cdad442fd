// SPDX-License-Identifier: Apache-2.0
// sim/pods.h: pods that do what their node's name says, at times that chance says, and are seen with
// the faults that are asked for. Outlives the controllers that use it, as a cluster does.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/ports.h"
#include "sim/faults.h"
#include "sim/workflows.h"

namespace wf::sim {

class Pods final : public engine::Backend {
 public:
  // All outlive it.
  Pods(VirtualClock& clock, const Faults& faults, const Scenario& scenario, uint64_t seed)
      : clock_(clock), faults_(faults), scenario_(scenario), random_(seed) {}

  void on_change(Changed changed) override { changed_ = std::move(changed); }
  Result<void> create(const engine::PodRequest& request) override;
  void terminate(const std::string& ns, const std::string& pod, Duration grace) override;
  void remove(const std::string& ns, const std::string& pod) override;
  Result<engine::PodSeen> seen(const std::string& ns, const std::string& pod) override;
  engine::TaskResult result(const std::string& ns, const std::string& pod) override;
  std::vector<engine::PodSeen> list(const std::string& ns, const std::string& workflow) override;

  // What happens to pods by the clock: all that is due. Notices are given from here only.
  void advance();
  // When something is due; unset: never.
  Time next_due() const;

  bool has(const std::string& node_id) const { return by_node_.contains(node_id); }
  bool vanished(const std::string& node_id) const { return vanished_.contains(node_id); }
  std::vector<std::string> alive() const;
  const std::map<std::string, int>& created() const { return created_; }  // by node name
  std::vector<std::string>& problems() { return problems_; }

 private:
  struct Pod {
    engine::PodSeen seen;
    engine::TaskResult result;
    json::Value outputs;
    std::string node_name, template_name;
    bool fails = false;
    bool daemon = false;
    bool ending = false;
  };
  enum class Step { Start, End, Report, Vanish, Notice };
  struct Due {
    Step step;
    std::string pod, uid, workflow;
    bool killed = false;
  };
  void crash();
  void at(Duration after, Due due) { due_.emplace(clock_.now() + after, std::move(due)); }
  void tell(const Pod& pod);
  void carry_out(const Due& due);
  void end(Pod& pod, bool killed);
  void check_limits(const Pod& made);
  void check_new(const engine::PodRequest& request);
  void script(Pod& pod, const engine::PodRequest& request);

  VirtualClock& clock_;
  const Faults& faults_;
  const Scenario& scenario_;
  Seeded random_;
  Changed changed_;
  std::map<std::string, Pod> pods_;
  std::set<std::string> by_node_;   // nodes that have a pod
  std::set<std::string> vanished_;  // nodes whose pod vanished
  std::multimap<Time, Due> due_;
  std::map<std::string, int> created_;
  std::vector<std::string> problems_;
  int uids_ = 0;
};

}  // namespace wf::sim
