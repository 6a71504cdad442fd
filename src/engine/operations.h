// SPDX-License-Identifier: Apache-2.0
// engine/operations.h: what a user does to a workflow: each takes the object (in normal form, with
// its nodes) and gives the changed object, or an error in Argo's words. Pure: names and times come in
// as arguments. Called by the API server, the CLI and the simulator. Rules SUS, SHD, MRT, RSB, SBM.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace wf::engine {

using json::Value;

Result<Value> suspend(const Value& workflow);                                            // SUS-10
Result<Value> resume(const Value& workflow, std::string_view node_selector, Time now);   // SUS-6
// SHD-1; with a selector only the matching suspended nodes fail, with `message` (SUS-9).
Result<Value> stop(const Value& workflow, std::string_view node_selector, std::string_view message, Time now);
Result<Value> terminate(const Value& workflow);

struct SetValues {                                                                       // SUS-7
  std::string node_selector;
  std::string message;
  std::string phase;
  std::vector<std::pair<std::string, std::string>> output_parameters;
};
Result<Value> set_nodes(const Value& workflow, const SetValues& values, Time now);

struct RetryOptions {
  bool restart_successful = false;
  std::string node_selector;
  std::vector<std::string> parameters;  // NAME=VALUE
};
struct Retried {
  Value workflow;
  std::vector<std::string> pods_to_delete;  // MRT-9
};
Result<Retried> retry(const Value& workflow, const RetryOptions& options, Time now);     // MRT

struct ResubmitOptions {
  bool memoized = false;
  std::string name_suffix;              // five random characters, of a memoized one's name (RSB-3)
  std::vector<std::string> parameters;
};
Result<Value> resubmit(const Value& workflow, const ResubmitOptions& options, Time now); // RSB

// spec.arguments with these in front (SBM-2).
Result<Value> override_parameters(const Value& arguments, const std::vector<std::string>& parameters);
// The same of a whole workflow, and of the spec that its status keeps.
Result<void> override_arguments(Value& workflow, const std::vector<std::string>& parameters);

}  // namespace wf::engine
