// SPDX-License-Identifier: Apache-2.0
// engine/detail/node_scope.h: the variables of a steps or dag template while it runs: its inputs, what
// its steps or tasks gave, and the workflow's variables behind them (rules VAR-6 to VAR-9, VAR-15,
// OUT-10 to OUT-14). Values are made when they are asked for.
#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/detail/state.h"
#include "expr/scope.h"

namespace wf::engine {

class NodeScope final : public expr::Scope {
 public:
  // Of a composite that is being executed; `viewer` is the task whose ancestors can be seen (dag), or
  // kAll. Steps see what the groups before the present one gave.
  static constexpr uint32_t kAll = UINT32_MAX;
  NodeScope(State& state, const Exec& owner, uint32_t viewer = kAll);

  expr::Variable find(std::string_view key) const override;
  void visit_keys(std::string_view prefix, const Visit& visit) const override;
  const Clock* clock() const override { return s.globals.clock(); }

  // Names that go before all others: statuses and outputs for hooks.
  void bind(std::string key, std::string value) { bound_.emplace_back(std::move(key), std::move(value)); }
  void bind_artifact(std::string key, json::Value artifact) { artifacts_.emplace_back(std::move(key), std::move(artifact)); }

  // An artifact by the name of its variable; nothing where there is none.
  std::optional<json::Value> artifact(std::string_view key) const;
  // Whether a key stands for an output that was not made because its node did not run (VAR-15).
  bool absent(std::string_view key) const { return find(key).is == expr::Variable::Is::Absent; }
  // Whether expressions see artifacts (fromExpression, outputs); tags never do.
  void show_artifacts(bool show) { artifacts_shown_ = show; }
  // Makes the aggregates of a loop once, for their errors (OUT-11).
  Result<void> check_aggregates(std::string_view name) const;

 private:
  struct Target {
    NodeIndex node = kNoNode;     // whose data `id`, `status` … are
    NodeIndex loop = kNoNode;     // the group whose children are aggregated
    const json::Value* call = nullptr;
  };
  Target target(std::string_view name) const;
  expr::Variable node_value(std::string_view name, const Target& target, std::string_view rest) const;
  expr::Variable aggregate(std::string_view name, const Target& target, std::string_view rest) const;
  expr::Variable skipped_value(const Target& target, std::string_view rest) const;
  expr::Variable keep(std::string text) const;
  std::vector<NodeIndex> loop_children(std::string_view name, const Target& target) const;
  void visit_target(std::string_view prefix, std::string_view name, const Visit& visit) const;
  json::Value skipped_template(const Target& target) const;

  State& s;
  const Exec& owner_;
  uint32_t viewer_;
  std::string prefix_;            // "steps." or "tasks."
  Bindings bound_;
  std::vector<std::pair<std::string, json::Value>> artifacts_;
  mutable std::deque<std::string> kept_;
  mutable std::vector<std::pair<std::string, expr::Variable>> made_;
  bool artifacts_shown_ = false;
};

// The attempt that speaks for a Retry node; the node itself otherwise (VAR-6).
NodeIndex speaking_node(const NodeTable& nodes, NodeIndex node);

}  // namespace wf::engine
