// SPDX-License-Identifier: Apache-2.0
// simulate/subject.h: one simulated workflow. Only the simulation's own sources use it.
#pragma once
#include <unordered_map>

#include "simulate/simulation.h"

namespace wf::simulate {

struct Simulation::Subject {
  std::string name;
  std::unique_ptr<engine::Run> run;
  engine::Observed seen;   // since its last turn
  std::unordered_map<std::string, size_t> places;  // node id: where in seen.pods; all of them, or empty
  Time wake_at{};          // its place in the queue; unset: none
  bool started = false;    // admitted (PAR-8)
  bool postponed = false;
  bool ended = false;
};

}  // namespace wf::simulate
