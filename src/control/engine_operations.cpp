// SPDX-License-Identifier: Apache-2.0
#include "control/engine_operations.h"

#include "base/text.h"
#include "control/checks.h"
#include "control/event_bindings.h"
#include "engine/operations.h"
#include "engine/submit.h"
#include "io/system.h"
#include "store/kinds.h"

namespace wf::control {

using json::Value;
using store::Detail;

namespace {

constexpr std::string_view kInstanceId = "workflows.argoproj.io/controller-instanceid";

// RSB-3.
std::string name_suffix(Random& random) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string suffix;
  for (int i = 0; i < 5; ++i) suffix.push_back(kLetters[random.next() % kLetters.size()]);
  return suffix;
}

}  // namespace

void EngineOperations::add_instance_id(Value& workflow) const {
  const std::string_view ours = world_.controller().config.instance_id();
  if (!ours.empty()) workflow.at("metadata").at("labels").set(kInstanceId, ours);
}

Result<void> EngineOperations::check(const Value& object, Check check) {
  return check_object(object, check, world_.objects(), world_.controller().config);
}

Result<Value> EngineOperations::store_or_show(Value workflow, DryRun dry_run) {
  if (dry_run == DryRun::Off) return store_.create(std::move(workflow));
  if (dry_run == DryRun::No) return workflow;
  // What the store would have made of it.
  Value& metadata = workflow.at("metadata");
  if (metadata["name"].as_string().empty()) {
    metadata.set("name", store::generated_name(metadata["generateName"].as_string(), random_));
  }
  TRY(const store::Key key, store::key_of(workflow));
  TRY_DO(store::check_name(key));
  if (store_.get(key, Detail::Summary).ok()) return store::already_exists(key);
  metadata.set("uid", io::new_uuid(random_));
  metadata.set("creationTimestamp", to_rfc3339(clock_.now()));
  metadata.set("generation", 1);
  return workflow;
}

Result<Value> EngineOperations::create(Value workflow, DryRun dry_run) {
  TRY_DO(check(workflow, Check::Create));
  return store_or_show(std::move(workflow), dry_run);
}

// SBM-7, SBM-5, SBM-6.
Result<Value> EngineOperations::submit(const std::string& ns, const std::string& kind, const std::string& name,
                                       const Value& document) {
  const engine::SubmitOptions options = engine::submit_options_from(document);
  TRY(const engine::SubmitSource source, engine::submit_source_from(kind));
  Value workflow;
  if (source == engine::SubmitSource::CronWorkflow) {
    TRY(const Value cron, store_.get({std::string(store::kCronWorkflow), ns, name}));
    workflow = engine::workflow_from_cron(cron, clock_.now());
  } else {
    workflow = engine::workflow_from_template(source, name);
  }
  workflow.at("metadata").set("namespace", ns);
  add_instance_id(workflow);
  engine::SubmitOptions own = options;
  if (source != engine::SubmitSource::CronWorkflow) own.artifacts.clear();  // those of the template
  TRY(workflow, engine::with_submit_options(workflow, own));
  if (source != engine::SubmitSource::CronWorkflow && !options.artifacts.empty()) {
    const bool cluster = source == engine::SubmitSource::ClusterWorkflowTemplate;
    TRY(const Value tmpl, store_.get({std::string(cluster ? store::kClusterWorkflowTemplate : store::kWorkflowTemplate),
                                      cluster ? "" : ns, name}));
    TRY(workflow, engine::with_template_artifacts(workflow, tmpl["spec"], options.artifacts, Value()));
  }
  TRY_DO(check(workflow, Check::Submit));
  const DryRun dry_run = options.dry_run ? DryRun::No : options.server_dry_run ? DryRun::Server : DryRun::Off;
  return store_or_show(std::move(workflow), dry_run);
}

Result<Value> EngineOperations::change(const store::Key& key, Detail detail, const Change& change) {
  for (;;) {
    TRY(const Value workflow, store_.get(key, detail));
    TRY(Value changed, change(workflow));
    const auto written = store_.update(std::move(changed));
    if (written.ok()) return store_.get(key);
    if (written.error().code() != Code::Conflict) return written.error();
  }
}

Result<Value> EngineOperations::resubmit(const store::Key& key, bool memoized, const std::vector<std::string>& parameters) {
  TRY(const Value workflow, store_.get(key));
  TRY(Value fresh, engine::resubmit(workflow, {memoized, name_suffix(random_), parameters}, clock_.now()));
  fresh.set("kind", store::kWorkflow);
  fresh.at("metadata").set("namespace", key.ns);
  TRY_DO(check(fresh, Check::Submit));
  return store_.create(std::move(fresh));
}

Result<Value> EngineOperations::retry(const store::Key& key, const RetryRequest& request) {
  return change(key, Detail::Full, [&](const Value& workflow) -> Result<Value> {
    TRY(engine::Retried retried,
        engine::retry(workflow, {request.restart_successful, request.node_field_selector, request.parameters}, clock_.now()));
    for (const std::string& pod : retried.pods_to_delete) backend_.remove(key.ns, pod);  // MRT-11: before the update
    if (!retried.workflow["status"].has("nodes")) retried.workflow.at("status").set("nodes", Value::object());
    return std::move(retried.workflow);
  });
}

Result<Value> EngineOperations::resume(const store::Key& key, const std::string& selector) {
  return change(key, Detail::Full, [&](const Value& workflow) { return engine::resume(workflow, selector, clock_.now()); });
}

Result<Value> EngineOperations::suspend(const store::Key& key) {
  return change(key, Detail::Header, [&](const Value& workflow) { return engine::suspend(workflow); });
}

Result<Value> EngineOperations::stop(const store::Key& key, const std::string& selector, const std::string& message) {
  const Detail detail = selector.empty() ? Detail::Header : Detail::Full;
  return change(key, detail, [&](const Value& workflow) { return engine::stop(workflow, selector, message, clock_.now()); });
}

Result<Value> EngineOperations::terminate(const store::Key& key) {
  return change(key, Detail::Header, [&](const Value& workflow) { return engine::terminate(workflow); });
}

Result<Value> EngineOperations::set(const store::Key& key, const SetRequest& request) {
  engine::SetValues values{request.node_field_selector, request.message, request.phase, {}};
  for (const json::Member& parameter : request.output_parameters.members()) {
    values.output_parameters.emplace_back(parameter.key(), parameter.value.as_string());
  }
  return change(key, Detail::Full, [&](const Value& workflow) { return engine::set_nodes(workflow, values, clock_.now()); });
}

Result<void> EngineOperations::receive(const ReceivedEvent& event) {
  TRY(const store::ListPage bindings, store_.list({.kind = std::string(store::kWorkflowEventBinding), .ns = event.ns}));
  const expr::MapEnvironment environment = event_environment(event);
  std::string failed;
  for (const Value& binding : bindings.items) {
    const auto dispatched = [&]() -> Result<void> {
      TRY(std::optional<Value> workflow, workflow_of_event(binding, environment, world_.objects(), random_));
      if (!workflow) return {};
      add_instance_id(*workflow);
      auto created = store_.create(std::move(*workflow));
      if (!created.ok()) return std::move(created.error()).wrap("failed to create workflow");
      return {};
    }();
    if (!dispatched.ok()) failed += cat(failed.empty() ? "" : " ", dispatched.error().message());
  }
  if (!failed.empty()) return Error(cat("failed to dispatch event: [", failed, "]"), Code::Internal);
  return {};
}

Result<void> EngineOperations::read_log(const std::string& ns, const std::string& pod, const std::string& container,
                                        const engine::LogQuery& query,
                                        const std::function<bool(const engine::LogLine&)>& line) {
  return backend_.read_log(ns, pod, container, query, line);
}

}  // namespace wf::control
