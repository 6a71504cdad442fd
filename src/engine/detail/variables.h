// SPDX-License-Identifier: Apache-2.0
// engine/detail/variables.h: what {{…}} tags and expressions can refer to, in layers, looked up when
// asked for and never copied for a node (rules VAR).
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "expr/scope.h"

namespace wf::engine {

using Bindings = std::vector<std::pair<std::string, std::string>>;

// Texts by their full names: the workflow's own variables (VAR-1 to VAR-4).
class Globals final : public expr::Scope {
 public:
  void set(std::string_view key, std::string_view value);
  const std::string* text(std::string_view key) const;
  expr::Variable find(std::string_view key) const override;
  void visit_keys(std::string_view prefix, const Visit& visit) const override;
  // now() in expressions is the time of the turn.
  void set_now(Time now) { clock_.time = now; }
  const Clock* clock() const override { return &clock_; }

 private:
  struct TurnClock final : Clock {
    Time time{};
    Time now() const override { return time; }
  };
  TurnClock clock_;
  std::map<std::string, std::string, std::less<>> values_;
};

// A few names over another scope. Both outlive it.
class Layer final : public expr::Scope {
 public:
  Layer(const Bindings& over, const expr::Scope& under) : over_(over), under_(under) {}
  expr::Variable find(std::string_view key) const override;
  void visit_keys(std::string_view prefix, const Visit& visit) const override;
  const Clock* clock() const override { return under_.clock(); }
  Random* random() const override { return under_.random(); }

 private:
  const Bindings& over_;
  const expr::Scope& under_;
};

}  // namespace wf::engine
