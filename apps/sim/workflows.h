// SPDX-License-Identifier: Apache-2.0
// sim/workflows.h: random workflows: steps, DAGs, loops, retries, conditions, locks, limits of
// parallelism, suspensions, exit handlers, daemons. What a pod of them does follows from its node's
// name (sim/pods.h), so that the end of a workflow does not depend on when things happen, unless it
// says so (`timed`).
#pragma once
#include <map>
#include <string>
#include <vector>

#include "json/value.h"
#include "sim/seeded.h"

namespace wf::sim {

inline constexpr const char* kNamespace = "argo";

struct Limit {
  std::string lock;
  int most = 1;
};

struct Scenario {
  std::vector<json::Value> workflows;
  json::Value config_map;              // limits of the semaphores
  json::Value settings;                // of the controller
  bool timed = false;                  // how it ends depends on when things happen
  std::map<std::string, Limit> limits; // by template: how many pods of one lock may run at once
};

Scenario make_scenario(uint64_t seed);

}  // namespace wf::sim
