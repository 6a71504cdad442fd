// SPDX-License-Identifier: Apache-2.0
// control/detail/workflow_slot.h: what WorkflowWorker keeps of a workflow between its turns.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "control/pod_keeper.h"
#include "control/workflow_worker.h"

namespace wf::control {

// What has happened to a workflow since its last turn.
struct WorkflowWorker::Mail {
  std::set<std::string> pods;   // that changed
  uint64_t revision = 0;        // the newest that the store told of
  bool gone = false;
  bool look_at_all = false;  // at every pod, whether it changed or not
};

// One workflow in memory.
struct WorkflowWorker::Slot {
  std::string queue_key, ns, name;
  // Guarded by the worker's mutex.
  Mail mail;
  bool busy = false;      // between a turn and the end of its commit
  uint64_t revision = 0;  // as we wrote or read it last
  // Of whoever works on the key.
  std::unique_ptr<engine::Run> run;
  json::Value header;  // as in the store, without nodes
  std::map<std::string, std::string> node_of_pod;
  std::vector<engine::CreatePod> pods_to_create;  // the backend was not ready for them
  std::vector<std::pair<std::string, std::string>> pods_refused;  // pod's node id, why
  PodKeeper keeper;
  bool look_at_all = false;
  std::optional<std::string> counted_phase;  // the last one that metrics were told of
  std::string broken;  // why it cannot be run
};

}  // namespace wf::control
