// SPDX-License-Identifier: Apache-2.0
// simulate/event_log.h: Kubernetes events as an API server ends up with: client-go's recorder
// combines events that differ in their message only from the tenth on (EventAggregator of
// k8s.io/client-go/tools/record; Argo sets the limit of bursts too high to matter).
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/world.h"

namespace wf::simulate {

class EventLog {
 public:
  void add(const std::string& object, const engine::EventNote& event);
  // "Workflow Normal REASON: MESSAGE", each once, sorted.
  std::vector<std::string> texts() const;

 private:
  std::map<std::string, std::set<std::string>> similar_;     // by object and reason: messages
  std::map<std::string, std::string> kept_;                  // by identity: the text last seen
};

}  // namespace wf::simulate
