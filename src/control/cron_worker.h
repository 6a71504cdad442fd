// SPDX-License-Identifier: Apache-2.0
// control/cron_worker.h: fires cron workflows (CRN): arms each for its next time, makes the child
// when it comes, keeps account of the active ones and removes old ones. One cron workflow is worked
// on by one thread at a time (WorkQueue sees to that).
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "control/operations.h"
#include "control/work_queue.h"
#include "engine/cron.h"
#include "store/object_store.h"

namespace wf::control {

class CronWorker {
 public:
  // All outlive it. `place`: where schedules without a time zone are read; null: UTC.
  CronWorker(store::ObjectStore& store, Operations& operations, WorkQueue& queue, const Clock& clock,
             std::shared_ptr<const expr::Location> place)
      : store_(store), operations_(operations), queue_(queue), clock_(clock), place_(std::move(place)) {}

  // Keys of the queue: "c/<ns>/<name>".
  void work(const std::string& queue_key);
  void store_changed(const store::Event& event);
  // A workflow that a cron workflow made has ended or is gone.
  void child_changed(const json::Value& workflow);
  Result<void> take_up();
  // Cron workflows that wait for their time.
  size_t count() const;

 private:
  // What is known of one between two times.
  struct Armed {
    std::string schedules;  // that the timer was set for
    engine::CronTimer timer;
  };
  void process(const store::Key& key, const std::string& queue_key);
  void forget(const std::string& queue_key);
  Result<void> sync_children(json::Value& cron);
  void run(json::Value& cron, Time slot);
  Result<void> end_active(const store::Key& key);
  void save(const store::Key& key, const json::Value& before, const json::Value& cron);
  Result<std::optional<Time>> due_slot(const json::Value& cron, const std::string& queue_key, Time now);

  store::ObjectStore& store_;
  Operations& operations_;
  WorkQueue& queue_;
  const Clock& clock_;
  std::shared_ptr<const expr::Location> place_;
  mutable std::mutex mutex_;  // guards the map
  std::map<std::string, Armed> armed_;
};

}  // namespace wf::control
