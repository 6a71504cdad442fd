// SPDX-License-Identifier: Apache-2.0
// control/engine_operations.h: Operations over the engine's functions and a store. A change is
// written to the store and the controller takes it up from there. Thread-safe.
#pragma once
#include <functional>

#include "control/operations.h"
#include "control/store_world.h"
#include "store/object_store.h"

namespace wf::control {

class EngineOperations final : public Operations {
 public:
  // All outlive it; `backend` is for many threads (SerialBackend).
  EngineOperations(store::ObjectStore& store, engine::Backend& backend, StoreWorld& world, const Clock& clock,
                   Random& random)
      : store_(store), backend_(backend), world_(world), clock_(clock), random_(random) {}

  Result<void> check(const json::Value& object, Check check) override;
  Result<json::Value> create(json::Value workflow, DryRun dry_run) override;
  Result<json::Value> submit(const std::string& ns, const std::string& kind, const std::string& name,
                             const json::Value& options) override;
  Result<json::Value> resubmit(const store::Key& key, bool memoized, const std::vector<std::string>& parameters) override;
  Result<json::Value> retry(const store::Key& key, const RetryRequest& request) override;
  Result<json::Value> resume(const store::Key& key, const std::string& node_field_selector) override;
  Result<json::Value> suspend(const store::Key& key) override;
  Result<json::Value> stop(const store::Key& key, const std::string& node_field_selector,
                           const std::string& message) override;
  Result<json::Value> terminate(const store::Key& key) override;
  Result<json::Value> set(const store::Key& key, const SetRequest& request) override;
  Result<void> receive(const ReceivedEvent& event) override;
  Result<void> read_log(const std::string& ns, const std::string& pod, const std::string& container,
                        const engine::LogQuery& query,
                        const std::function<bool(const engine::LogLine&)>& line) override;

 private:
  using Change = std::function<Result<json::Value>(const json::Value& workflow)>;
  // Reads, changes and writes, again from the start where somebody else wrote in between.
  Result<json::Value> change(const store::Key& key, store::Detail detail, const Change& change);
  Result<json::Value> store_or_show(json::Value workflow, DryRun dry_run);
  void add_instance_id(json::Value& workflow) const;

  store::ObjectStore& store_;
  engine::Backend& backend_;
  StoreWorld& world_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace wf::control
