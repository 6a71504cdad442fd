// SPDX-License-Identifier: Apache-2.0
// control/pod_keeper.h: which finished pods of a workflow go, and when (GCO-3, GCO-4). Kept with the
// workflow in memory; used by whoever works on it.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "engine/ports.h"
#include "engine/run.h"
#include "json/value.h"

namespace wf::control {

class PodKeeper {
 public:
  // Labels by which podGC chooses.
  void made(const engine::PodRequest& request) { labels_[request.name] = request.pod["metadata"]["labels"]; }
  void seen(const engine::PodSeen& pod);

  struct Going {
    std::string pod;
    Duration after;
  };
  // Pods of fulfilled nodes that are to be deleted; each is given once. `workflow`: as it was saved.
  std::vector<Going> decide(const json::Value& workflow, const engine::Run& run, Duration default_delay);

 private:
  struct Ended {
    std::string node_id, phase;
  };
  std::map<std::string, json::Value> labels_;
  std::map<std::string, Ended> ended_;  // finished pods not decided on
  std::map<std::string, Ended> later_;  // those that stay until the workflow has ended
};

}  // namespace wf::control
