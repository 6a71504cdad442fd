// SPDX-License-Identifier: Apache-2.0
// engine/pod_gc.h: what becomes of finished pods, and how running ones are ended (rules GCO-3 to
// GCO-5). Decisions only; the shell acts.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "engine/world.h"
#include "json/value.h"

namespace wf::engine {

// A workflow's podGC.
class PodGc {
 public:
  // `spec`: the effective one. `default_delay`: the setting podGCDeleteDelayDuration.
  PodGc(const json::Value& spec, Duration default_delay);

  // "" where there is none.
  std::string_view strategy() const { return gc_["strategy"].as_string(); }
  // How long after the decision a pod is deleted (GCO-4).
  Duration delay() const { return delay_; }

  // Whether it has a selector: labels other than the component's matter.
  bool reads_labels() const { return !gc_["labelSelector"].is_null(); }

  struct Pod {
    json::Value labels;                // an object of texts
    std::string_view phase;            // status.phase
    bool has_status_finalizer = false; // workflows.argoproj.io/status
  };
  // For the pod of a fulfilled node; nothing: it stays as it is for now. `workflow_phase`: of status.
  std::optional<PodCleanup> decide(const Pod& pod, std::string_view workflow_phase) const;

 private:
  bool selects(const json::Value& labels) const;

  json::Value gc_;  // Null: no podGC
  Duration delay_;
};

// How a pod that is to end is ended (GCO-5).
struct Termination {
  bool remove = false;  // it is deleted: it has not begun
  Duration grace{};     // else its containers get SIGTERM now and SIGKILL after this
};
Termination termination_of(std::string_view pod_phase, const json::Value& pod_spec);

}  // namespace wf::engine
