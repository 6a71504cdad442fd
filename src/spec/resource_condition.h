// SPDX-License-Identifier: Apache-2.0
// spec/resource_condition.h: when a resource template's object counts as done: successCondition and
// failureCondition, label selectors whose keys are paths into the object ("status.succeeded>0").
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"
#include "spec/selector.h"

namespace wf::spec {

class ResourceConditions {
 public:
  // Either may be empty. `success condition 'X' failed to parse: …`.
  static Result<ResourceConditions> parse(std::string_view success, std::string_view failure);

  enum class State { Succeeded, Waiting };
  // What the object, as it is now, means. The error is a failure condition that holds.
  Result<State> judge(const json::Value& object) const;

 private:
  LabelSelector success_, failure_;
};

// The value at a dotted path of keys and indexes ("status.conditions.0.type") as text; nothing where
// there is none. Lists and objects are JSON, null is "".
std::optional<std::string> text_at_path(const json::Value& object, std::string_view path);

}  // namespace wf::spec
