// SPDX-License-Identifier: Apache-2.0
// simulate/event_log.h: Kubernetes events as an API server ends up with: client-go's recorder
// combines events that differ in their message only from the tenth on, and lets a burst of 25 an
// object through (k8s.io/client-go/tools/record: EventAggregator, EventSourceObjectSpamFilter).
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "engine/world.h"

namespace wf::simulate {

class EventLog {
 public:
  void add(const std::string& object, const engine::EventNote& event, Time now);
  // "Workflow Normal REASON: MESSAGE", each once, sorted.
  std::vector<std::string> texts() const;

 private:
  struct Budget {
    double tokens = 25;
    Time at{};
  };
  std::map<std::string, Budget> budgets_;                    // by object
  std::map<std::string, std::set<std::string>> similar_;     // by object and reason: messages
  std::map<std::string, std::string> kept_;                  // by identity: the text last seen
};

}  // namespace wf::simulate
