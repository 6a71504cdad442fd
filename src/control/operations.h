// SPDX-License-Identifier: Apache-2.0
// control/operations.h: what users ask of workflows, beyond reading what the store holds. The API
// calls it; control implements it over engine and store. All methods may be called from any thread
// and return when the change is durable; the controller takes it up by itself.
//
// Objects are decoded documents (spec/codec.h). Error messages are those that Argo's users see.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/ports.h"
#include "json/value.h"
#include "store/object.h"

namespace wf::control {

enum class Check {
  Create,  // as the server checks what is to be stored
  Lint,    // arguments may lack values
  Submit,  // arguments must have values
};

// No: nothing is stored and the object comes back as given. Server: as the store would make it, but
// not kept.
enum class DryRun { Off, No, Server };

struct RetryRequest {
  bool restart_successful = false;
  std::string node_field_selector;
  std::vector<std::string> parameters;  // "NAME=VALUE"
};

struct SetRequest {
  std::string node_field_selector;
  std::string phase;    // "", Succeeded, Failed or Error
  std::string message;
  json::Value output_parameters;  // an object of texts
};

// What came with an event (POST /api/v1/events/…).
struct ReceivedEvent {
  std::string ns;
  std::string discriminator;
  json::Value payload;
  json::Value metadata;  // request headers that begin with "x-", an object of lists
};

class Operations {
 public:
  virtual ~Operations() = default;

  // Whether Argo accepts an object of any of its kinds (VAL); the text is the validator's.
  virtual Result<void> check(const json::Value& object, Check check) = 0;
  // Checks and stores a workflow; metadata.namespace is set.
  virtual Result<json::Value> create(json::Value workflow, DryRun dry_run) = 0;
  // SBM-7: a workflow from a WorkflowTemplate, ClusterWorkflowTemplate or CronWorkflow. `kind` is any
  // of its names ("cronwf", "workflowtemplates" …), `options` Argo's SubmitOpts.
  virtual Result<json::Value> submit(const std::string& ns, const std::string& kind, const std::string& name,
                                     const json::Value& options) = 0;

  // Each gives the workflow as it is afterwards.
  virtual Result<json::Value> resubmit(const store::Key& key, bool memoized,
                                       const std::vector<std::string>& parameters) = 0;
  virtual Result<json::Value> retry(const store::Key& key, const RetryRequest& request) = 0;
  virtual Result<json::Value> resume(const store::Key& key, const std::string& node_field_selector) = 0;
  virtual Result<json::Value> suspend(const store::Key& key) = 0;
  virtual Result<json::Value> stop(const store::Key& key, const std::string& node_field_selector,
                                   const std::string& message) = 0;
  virtual Result<json::Value> terminate(const store::Key& key) = 0;
  virtual Result<json::Value> set(const store::Key& key, const SetRequest& request) = 0;

  // Submits what the bindings of the namespace make of it; an error names those that failed.
  virtual Result<void> receive(const ReceivedEvent& event) = 0;

  // As engine::Backend::read_log.
  virtual Result<void> read_log(const std::string& ns, const std::string& pod, const std::string& container,
                                const engine::LogQuery& query,
                                const std::function<bool(const engine::LogLine&)>& line) = 0;
};

}  // namespace wf::control
