// SPDX-License-Identifier: Apache-2.0
// simulate/outcomes.h: a script of what pods do and what a user does meanwhile, as read from
// outcomes.yaml (docs/simulate.md has the format). Pure.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace wf::simulate {

// What a pod does. The first rule that matches a pod decides.
struct PodRule {
  std::string node;                  // glob over the node's name; "": any
  std::string tmpl;                  // glob over the template's name; "": any
  int times = -1;                    // for so many matching pods; -1: all
  Duration pending{};
  std::optional<Duration> duration;  // a daemon without one runs until it is stopped
  int exit_code = 0;                 // of main
  std::map<std::string, int> containers;
  std::string message;
  std::string reason;
  std::optional<std::string> result;
  std::map<std::string, std::string> parameters;
  std::map<std::string, std::string> artifacts;  // "missing"
  std::string progress;
  std::string pod_ip = "10.0.0.1";
  bool ready = true;
};

// Holds when a node, or the workflow, has a phase, or so long after the workflows were created.
struct Condition {
  std::string node;
  std::string phase;
  std::optional<Duration> after;
};

struct UserAction {
  Condition when;
  std::string workflow;              // whose condition, and what @ stands for; "": the first
  std::vector<std::string> argo;     // arguments of the argo CLI
  json::Value apply;                 // an object
  json::Value remove;                // {kind, node} or {kind, name}
};

struct Outcomes {
  std::vector<PodRule> pods;
  std::vector<UserAction> actions;
  std::optional<Condition> end;
};

// InvalidArgument names the field that is wrong.
Result<Outcomes> parse_outcomes(const json::Value& document);

}  // namespace wf::simulate
