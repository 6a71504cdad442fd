// SPDX-License-Identifier: Apache-2.0
// simulate/subject.h: one simulated workflow. Only the simulation's own sources use it.
#pragma once
#include "simulate/simulation.h"

namespace wf::simulate {

struct Simulation::Subject {
  std::string name;
  std::unique_ptr<engine::Run> run;
  engine::Observed seen;   // since its last turn
  Time wake_at{};          // its place in the queue; unset: none
  bool started = false;    // admitted (PAR-8)
  bool postponed = false;
  bool ended = false;
};

}  // namespace wf::simulate
