// SPDX-License-Identifier: Apache-2.0
// expr/scope.h: the variables that a text may mention, by their full names ("workflow.name",
// "inputs.parameters.x"). Whoever substitutes asks for what the text mentions and for nothing else,
// so a scope may compute its values when asked and may be a stack of others.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "expr/any.h"

namespace wf::expr {

struct Variable {
  enum class Is {
    Unknown,  // there is no such variable
    Absent,   // an optional output of a node that did not run (Argo: a nil value), SUB-5
    Text,
    Other,  // a list, map, number …: only expressions can use it (SUB-4)
  };
  Is is = Is::Unknown;
  std::string_view text;  // of Text; lives as long as the scope is unchanged
  Any other;              // of Other

  static Variable absent() { return {Is::Absent, {}, {}}; }
  static Variable of(std::string_view text) { return {Is::Text, text, {}}; }
  static Variable of(const Any& value);
  Any value() const;  // as expressions see it
};

// Texts that start so stand for values not known yet while a workflow is validated.
inline constexpr std::string_view kPlaceholder = "__argo__internal__placeholder-";

class Scope {
 public:
  using Visit = std::function<void(std::string_view key)>;
  virtual ~Scope() = default;
  virtual Variable find(std::string_view key) const = 0;
  // Calls `visit` for each key that starts with `prefix`; keys of hidden layers may come twice.
  virtual void visit_keys(std::string_view prefix, const Visit& visit) const = 0;
  // Whether some key starts with `prefix`.
  virtual bool has_keys(std::string_view prefix) const;
  // What functions that tell the time or draw lots get it from (now(), sprig.now(),
  // sprig.randAlpha()); without, they fail. They outlive the scope.
  virtual const Clock* clock() const { return nullptr; }
  virtual Random* random() const { return nullptr; }
  // Whether some value may be a placeholder of validation (XPR-10).
  virtual bool may_hold_placeholders() const { return false; }
};

class MapScope final : public Scope {
 public:
  void set(std::string_view key, Any value);
  void set_absent(std::string_view key) { set(key, Any()); }
  void erase(std::string_view key);

  Variable find(std::string_view key) const override;
  void visit_keys(std::string_view prefix, const Visit& visit) const override;
  bool has_keys(std::string_view prefix) const override;
  bool may_hold_placeholders() const override { return placeholders_; }

 private:
  std::map<std::string, Any, std::less<>> values_;
  bool placeholders_ = false;
};

// The first of `layers` that knows a key answers for it. The layers outlive this.
class LayeredScope final : public Scope {
 public:
  explicit LayeredScope(std::vector<const Scope*> layers) : layers_(std::move(layers)) {}
  Variable find(std::string_view key) const override;
  void visit_keys(std::string_view prefix, const Visit& visit) const override;
  bool has_keys(std::string_view prefix) const override;
  const Clock* clock() const override;
  Random* random() const override;
  bool may_hold_placeholders() const override;

 private:
  std::vector<const Scope*> layers_;
};

}  // namespace wf::expr
