// SPDX-License-Identifier: Apache-2.0
// control/store_world.h: what the engine's turns read, from a store. Thread-safe.
#pragma once
#include <map>
#include <mutex>

#include "control/metrics.h"
#include "control/object_cache.h"
#include "engine/locks.h"
#include "engine/world.h"

namespace wf::control {

class StoreWorld final : public engine::World {
 public:
  // All of them outlive it.
  StoreWorld(store::ObjectStore& store, const Clock& clock, const podspec::Controller& controller)
      : store_(store), clock_(clock), controller_(controller), objects_(store) {}

  json::Value find(std::string_view kind, std::string_view ns, std::string_view name) const override;
  const podspec::Controller& controller() const override { return controller_; }
  engine::LockTable& locks() override { return locks_; }
  Result<std::optional<engine::MemoEntry>> load_memo(std::string_view cache, std::string_view key) override;
  Result<void> save_memo(std::string_view cache, std::string_view key, const engine::MemoEntry& entry) override;
  json::Value estimate_baseline(const json::Value& workflow) const override;
  std::string validate(const json::Value& workflow) override;
  bool archives(const json::Value& workflow) const override;

  engine::MetricNames* metric_names() override { return &metrics_.names(); }

  Metrics& metrics() { return metrics_; }
  ObjectCache& objects() { return objects_; }
  // A workflow (without nodes) has finished: later ones may be estimated by it.
  void finished(const json::Value& workflow);
  // An object of the store changed.
  void changed(const store::Key& key);

 private:
  store::Key cache_key(std::string_view cache) const;
  json::Value cache_map(const store::Key& key);

  store::ObjectStore& store_;
  const Clock& clock_;
  const podspec::Controller& controller_;
  mutable ObjectCache objects_;
  engine::LockTable locks_;
  Metrics metrics_;
  std::mutex memo_mutex_;  // one change of a cache at a time

  // The newest workflow that succeeded, by namespace and label of what it was made from (PRG-10).
  struct Baseline {
    std::string created_at;
    store::Key key;
    json::Value workflow;  // read when first asked for
  };
  static std::vector<std::string> baseline_names(const json::Value& workflow);
  void note_baseline(const json::Value& workflow) const;
  mutable std::mutex baseline_mutex_;
  mutable std::map<std::string, Baseline> baselines_;
  mutable bool baselines_known_ = false;
};

}  // namespace wf::control
