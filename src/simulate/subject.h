// SPDX-License-Identifier: Apache-2.0
// simulate/subject.h: one simulated workflow. Only the simulation's own sources use it.
#pragma once
#include <unordered_map>

#include "simulate/simulation.h"

namespace wf::simulate {

struct Simulation::Subject {
  std::string name;
  std::unique_ptr<engine::Run> run;
  engine::Observed seen;   // since its last turn; of a pod the last observation counts, at its place
  std::unordered_map<std::string, size_t> latest;  // node id → index in seen.pods
  Time wake_at{};          // its place in the queue; unset: none
  uint64_t wake_sequence = 0;
  bool started = false;    // admitted (PAR-8)
  bool postponed = false;
  bool ended = false;

  void see(engine::PodSeen pod) {
    outdate(pod.node_id);
    latest[pod.node_id] = seen.pods.size();
    seen.pods.push_back(std::move(pod));
  }
  void see_gone(const std::string& node_id) {
    outdate(node_id);
    latest.erase(node_id);
    seen.gone.push_back(node_id);
  }
  void see_anew(std::vector<engine::PodSeen> pods) {
    seen = {};
    latest.clear();
    for (engine::PodSeen& pod : pods) see(std::move(pod));
  }
  engine::Observed take_seen() {
    std::erase_if(seen.pods, [](const engine::PodSeen& pod) { return pod.node_id.empty(); });
    latest.clear();
    return std::exchange(seen, {});
  }

 private:
  void outdate(const std::string& node_id) {
    const auto at = latest.find(node_id);
    if (at != latest.end()) seen.pods[at->second].node_id.clear();
  }
};

}  // namespace wf::simulate
