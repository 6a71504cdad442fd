// SPDX-License-Identifier: Apache-2.0
// Workflows: lists, single ones, creation, and the operations on them.
#include "api/call.h"
#include "api/fields.h"
#include "api/list_options.h"
#include "base/text.h"
#include "json/text.h"
#include "store/kinds.h"

namespace wf::api {
namespace {

using control::DryRun;
using store::Detail;

io::HttpResponse workflow_response(const json::Value& workflow) {
  return json_response(shaped(store::kWorkflow, workflow));
}

Result<io::HttpResponse> answered(Result<json::Value> workflow) {
  if (!workflow.ok()) return std::move(workflow.error());
  return workflow_response(*workflow);
}

// How much of each workflow a list must read for what is left of it.
Detail detail_of_list(const FieldFilter& filter) {
  if (filter.within({"metadata", "items.metadata", "items.kind", "items.apiVersion", "items.spec.suspend",
                     "items.spec.priority", "items.spec.arguments.parameters", "items.status.phase",
                     "items.status.startedAt", "items.status.finishedAt", "items.status.progress",
                     "items.status.message", "items.status.estimatedDuration", "items.status.resourcesDuration"})) {
    return Detail::Summary;
  }
  return filter.excludes("items.status.nodes") ? Detail::Header : Detail::Full;
}

Result<io::HttpResponse> list(const Services& services, const Call& call) {
  TRY(store::ListRequest request, workflow_list(services, call));
  const FieldFilter filter(call.query.get("fields"));
  request.detail = detail_of_list(filter);
  TRY(store::ListPage page, services.store.list(request));
  std::erase_if(page.items, [&](const json::Value& each) { return !is_ours(services, each); });
  return json_response(filter.apply(list_answer(request, page, store::kWorkflow)));
}

Result<io::HttpResponse> get(const Services& services, const Call& call) {
  const FieldFilter filter(call.query.get("fields"));
  const Detail detail = filter.excludes("status.nodes") ? Detail::Header : Detail::Full;
  const std::string uid = call.text("uid");
  TRY(const json::Value workflow, uid.empty() ? get_workflow(services, call.ns(), call.name(), detail)
                                              : services.store.get_by_uid(uid, detail));
  TRY_DO(check_ours(services, workflow));
  return json_response(filter.apply(shaped(store::kWorkflow, workflow)));
}

// The key of an existing workflow that this server may change; "@latest" resolved.
Result<store::Key> key_to_change(const Services& services, const Call& call) {
  TRY(const json::Value workflow, get_workflow(services, call.ns(), call.name(), Detail::Summary));
  TRY_DO(check_ours(services, workflow));
  return store::key_of(workflow);
}

Result<io::HttpResponse> create(const Services& services, const Call& call) {
  if (!call.body["workflow"].is_object()) return Error("workflow body not specified");
  TRY(json::Value workflow, body_object(call, "workflow", store::kWorkflow));
  if (workflow["metadata"]["namespace"].as_string().empty()) workflow.at("metadata").set("namespace", call.ns());
  label_ours(services, workflow);
  DryRun dry_run = DryRun::Off;
  if (!call.body["createOptions"]["dryRun"].empty()) {
    dry_run = DryRun::No;
  } else if (call.body["serverDryRun"].as_bool()) {
    dry_run = DryRun::Server;
  }
  return answered(services.operations.create(std::move(workflow), dry_run));
}

Result<io::HttpResponse> lint(const Services& services, const Call& call) {
  if (!call.body["workflow"].is_object()) return Error("unable to get a workflow");
  TRY(json::Value workflow, body_object(call, "workflow", store::kWorkflow));
  if (workflow["metadata"]["namespace"].as_string().empty()) workflow.at("metadata").set("namespace", call.ns());
  label_ours(services, workflow);
  TRY_DO(services.operations.check(workflow, control::Check::Lint));
  return workflow_response(workflow);
}

Result<io::HttpResponse> submit(const Services& services, const Call& call) {
  return answered(services.operations.submit(call.ns(), std::string(call.body["resourceKind"].as_string()),
                                             std::string(call.body["resourceName"].as_string()),
                                             call.body["submitOptions"]));
}

Result<io::HttpResponse> remove(const Services& services, const Call& call) {
  TRY(const store::Key key, key_to_change(services, call));
  if (call.flag("force")) {
    auto freed = services.store.modify(key, [](json::Value& workflow) -> Result<void> {
      workflow.at("metadata").erase("finalizers");
      return {};
    });
    if (!freed.ok()) return std::move(freed.error());
    if (freed->is_null()) return empty_response();  // its deletion had waited for them only
  }
  TRY_DO(services.store.remove(key));
  return empty_response();
}

std::vector<std::string> texts_of(const json::Value& list) {
  std::vector<std::string> texts;
  for (const json::Value& item : list.items()) texts.emplace_back(item.as_string());
  return texts;
}

std::string body_text(const Call& call, std::string_view member) {
  return std::string(call.body[member].as_string());
}

Result<io::HttpResponse> resubmit(const Services& services, const Call& call) {
  TRY(const store::Key key, key_to_change(services, call));
  return answered(services.operations.resubmit(key, call.body["memoized"].as_bool(), texts_of(call.body["parameters"])));
}

Result<io::HttpResponse> retry(const Services& services, const Call& call) {
  TRY(const store::Key key, key_to_change(services, call));
  return answered(services.operations.retry(key, {call.body["restartSuccessful"].as_bool(),
                                                  body_text(call, "nodeFieldSelector"),
                                                  texts_of(call.body["parameters"])}));
}

Result<io::HttpResponse> resume(const Services& services, const Call& call) {
  TRY(const store::Key key, key_to_change(services, call));
  return answered(services.operations.resume(key, body_text(call, "nodeFieldSelector")));
}

Result<io::HttpResponse> suspend(const Services& services, const Call& call) {
  TRY(const store::Key key, key_to_change(services, call));
  return answered(services.operations.suspend(key));
}

Result<io::HttpResponse> stop(const Services& services, const Call& call) {
  TRY(const store::Key key, key_to_change(services, call));
  return answered(services.operations.stop(key, body_text(call, "nodeFieldSelector"), body_text(call, "message")));
}

Result<io::HttpResponse> terminate(const Services& services, const Call& call) {
  TRY(const store::Key key, key_to_change(services, call));
  return answered(services.operations.terminate(key));
}

Result<io::HttpResponse> set(const Services& services, const Call& call) {
  TRY(const store::Key key, key_to_change(services, call));
  control::SetRequest request{body_text(call, "nodeFieldSelector"), body_text(call, "phase"), body_text(call, "message"),
                              json::Value::object()};
  if (!request.phase.empty() && request.phase != "Succeeded" && request.phase != "Failed" && request.phase != "Error") {
    return Error(cat(request.phase, " is an invalid phase to set to"));
  }
  if (const std::string text = body_text(call, "outputParameters"); !text.empty()) {
    auto parsed = json::parse(text);
    if (!parsed.ok()) return std::move(parsed.error()).wrap("unable to parse output parameter set request");
    request.output_parameters = std::move(*parsed);
  }
  return answered(services.operations.set(key, request));
}

constexpr Route kRoutes[] = {
    {"GET", "/api/v1/workflows/", list},  // of all namespaces
    {"GET", "/api/v1/workflows/{}", list},
    {"POST", "/api/v1/workflows/{}", create},
    {"POST", "/api/v1/workflows/{}/lint", lint},
    {"POST", "/api/v1/workflows/{}/submit", submit},
    {"GET", "/api/v1/workflows/{}/{}", get},
    {"DELETE", "/api/v1/workflows/{}/{}", remove},
    {"PUT", "/api/v1/workflows/{}/{}/resubmit", resubmit},
    {"PUT", "/api/v1/workflows/{}/{}/retry", retry},
    {"PUT", "/api/v1/workflows/{}/{}/resume", resume},
    {"PUT", "/api/v1/workflows/{}/{}/suspend", suspend},
    {"PUT", "/api/v1/workflows/{}/{}/stop", stop},
    {"PUT", "/api/v1/workflows/{}/{}/terminate", terminate},
    {"PUT", "/api/v1/workflows/{}/{}/set", set},
};

}  // namespace

std::span<const Route> workflow_routes() { return kRoutes; }

}  // namespace wf::api
