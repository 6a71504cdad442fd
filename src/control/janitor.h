// SPDX-License-Identifier: Apache-2.0
// control/janitor.h: removes what has had its time: finished workflows by ttlStrategy (GCO-1) and
// retention policy (GCO-2), events after an hour.
#pragma once
#include <functional>
#include <string>

#include "config/controller_config.h"
#include "control/work_queue.h"
#include "store/object_store.h"

namespace wf::control {

class Janitor {
 public:
  Janitor(store::ObjectStore& store, WorkQueue& queue, const Clock& clock, const config::ControllerConfig& config)
      : store_(store), queue_(queue), clock_(clock), config_(config) {}

  static bool owns(const std::string& queue_key) { return queue_key.starts_with("t/") || queue_key.starts_with("h/"); }
  void work(const std::string& queue_key);
  // A workflow (without nodes) has finished, or was found finished.
  void finished(const json::Value& workflow);
  // Looks at all finished workflows once and begins its rounds.
  // `also` is told of each finished workflow there is, without nodes.
  Result<void> begin(const std::function<void(const json::Value&)>& also);

 private:
  void expire(const std::string& queue_key);
  void keep_retention();
  void drop_old_events();
  void remove(const json::Value& workflow);

  store::ObjectStore& store_;
  WorkQueue& queue_;
  const Clock& clock_;
  const config::ControllerConfig& config_;
};

}  // namespace wf::control
