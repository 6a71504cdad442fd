// SPDX-License-Identifier: Apache-2.0
// control/artifact_collector.h: deletes the artifacts of workflows that have ended or are being
// deleted, and takes their finalizer away when that is done (GCO-6 to GCO-9). Which artifacts and what
// the results mean is decided by the engine (engine/artifact_gc.h). No pods are started for it here:
// the embedded engine reaches the artifacts itself, through DeleteArtifact.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "control/work_queue.h"
#include "engine/world.h"
#include "store/object_store.h"

namespace wf::control {

// Deletes one artifact (one that is not there is no error). `archive_location`: where it lies if it does
// not say so itself.
using DeleteArtifact = std::function<Result<void>(const json::Value& workflow, const json::Value& archive_location,
                                                  const json::Value& artifact)>;

class ArtifactCollector {
 public:
  // All outlive it. Without `delete_artifact` every artifact is an error, which the workflow then shows.
  ArtifactCollector(store::ObjectStore& store, WorkQueue& queue, const Clock& clock, Random& random, DeleteArtifact delete_artifact)
      : store_(store), queue_(queue), clock_(clock), random_(random), delete_artifact_(std::move(delete_artifact)) {}

  // Keys of the queue: "g/<ns>/<name>".
  static bool owns(const std::string& queue_key) { return queue_key.starts_with("g/"); }
  void work(const std::string& queue_key);
  // A workflow (without nodes) has ended or is being deleted.
  void look_at(const json::Value& workflow);

 private:
  Result<void> collect(const store::Key& key);
  // Of one strategy; adds what is to be told to `events`.
  Result<json::Value> collect_by(json::Value workflow, const json::Value& spec, const std::string& strategy,
                                 std::vector<engine::EventNote>& events);
  json::Value results_of(const json::Value& workflow, const json::Value& task);

  store::ObjectStore& store_;
  WorkQueue& queue_;
  const Clock& clock_;
  Random& random_;
  DeleteArtifact delete_artifact_;
};

}  // namespace wf::control
