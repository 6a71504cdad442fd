// SPDX-License-Identifier: Apache-2.0
// control/controller.h: owns all workflows of a store: takes what changed (in the store, at the
// backend, by the clock), runs the engine's turns, saves and acts; fires cron workflows; removes what
// has had its time. One turn at a time per workflow.
//
// It is driven either by threads (run, stop), or step by step under a virtual clock (step,
// next_due), where everything is deterministic if store and backend are.
#pragma once
#include <memory>
#include <string>

#include "control/artifact_collector.h"
#include "control/operations.h"
#include "engine/ports.h"
#include "podspec/podspec.h"
#include "store/object_store.h"

namespace wf::control {

class Controller {
 public:
  // All outlive it. One controller per store and backend at a time. `delete_artifact` may be empty;
  // it is called from a worker's thread.
  Controller(store::ObjectStore& store, engine::Backend& backend, const Clock& clock, Random& random,
             const podspec::Controller& settings, DeleteArtifact delete_artifact = nullptr);
  ~Controller();  // stops

  // Takes up what there is. Before anything else.
  Result<void> start();

  void run(int workers);
  void stop();

  // Does one thing that is due; false where nothing is.
  bool step();
  // When something will be due by the clock alone; unset where nothing will.
  Time next_due() const;

  // Nothing is due, no workflow is unfinished and no cron workflow waits for its time: the engine may
  // stop until somebody asks for it again.
  bool idle() const;
  size_t unfinished() const;
  // No workflow is in memory, none has a place among the running, and nobody holds or waits for a
  // lock: what must be true when all workflows have ended.
  bool at_rest() const;

  Operations& operations();

  // What is measured, in Prometheus' text format. From any thread.
  std::string metrics();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wf::control
