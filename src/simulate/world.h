// SPDX-License-Identifier: Apache-2.0
// simulate/world.h: the objects of a simulated cluster, in memory.
#pragma once
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "engine/locks.h"
#include "engine/world.h"

namespace wf::simulate {

class SimulatedWorld final : public engine::World {
 public:
  explicit SimulatedWorld(config::ControllerConfig config);

  // Images that the settings don't list count as there, whatever they run.
  void accept_any_image();

  // Adds or replaces an object; namespaced ones go to `ns`.
  void put(json::Value object, const std::string& ns);
  void remove(std::string_view kind, std::string_view ns, std::string_view name);

  json::Value find(std::string_view kind, std::string_view ns, std::string_view name) const override;
  const podspec::Controller& controller() const override { return controller_; }
  engine::LockTable& locks() override { return locks_; }
  Result<std::optional<engine::MemoEntry>> load_memo(std::string_view cache, std::string_view key) override;
  Result<void> save_memo(std::string_view cache, std::string_view key, const engine::MemoEntry& entry) override;
  json::Value estimate_baseline(const json::Value& workflow) const override;
  std::string validate(const json::Value& workflow) override;
  bool archives(const json::Value&) const override { return false; }

  engine::MetricNames* metric_names() override { return &metric_names_; }

  Time now{};  // the virtual clock's, for the times of memoized entries

 private:
  using Key = std::tuple<std::string, std::string, std::string>;
  std::map<Key, json::Value> objects_;
  podspec::Controller controller_;
  engine::LockTable locks_;
  engine::MetricNames metric_names_;
};

}  // namespace wf::simulate
