// SPDX-License-Identifier: Apache-2.0
// WorkflowTemplates, ClusterWorkflowTemplates and CronWorkflows, and the list of
// WorkflowEventBindings: the same endpoints over different kinds.
#include "api/call.h"
#include "api/list_options.h"
#include "base/text.h"
#include "store/kinds.h"

namespace wf::api {
namespace {

struct TemplateKind {
  std::string_view kind;
  std::string_view member;  // of request bodies
  bool namespaced;
};
constexpr TemplateKind kTemplates{store::kWorkflowTemplate, "template", true};
constexpr TemplateKind kClusterTemplates{store::kClusterWorkflowTemplate, "template", false};
constexpr TemplateKind kCrons{store::kCronWorkflow, "cronWorkflow", true};
constexpr TemplateKind kBindings{store::kWorkflowEventBinding, "", true};

std::string ns_of(const TemplateKind& kind, const Call& call) {
  return kind.namespaced && !call.args.empty() ? call.args[0] : "";
}

store::Key key_of(const TemplateKind& kind, const Call& call) {
  return {std::string(kind.kind), ns_of(kind, call), call.args.back()};
}

template <const TemplateKind& K>
Result<io::HttpResponse> list(const Services& services, const Call& call) {
  TRY(store::ListRequest request, object_list(services, call, K.kind, ns_of(K, call)));
  if (const std::string pattern = call.text("namePattern"); !pattern.empty()) {
    request.accept = [pattern](const json::Value& object) {
      return object["metadata"]["name"].as_string().find(pattern) != std::string_view::npos;
    };
  }
  TRY(store::ListPage page, services.store.list(request));
  std::erase_if(page.items, [&](const json::Value& each) { return !is_ours(services, each); });
  return json_response(list_answer(request, page, K.kind));
}

Result<json::Value> existing(const Services& services, const store::Key& key) {
  TRY(json::Value object, services.store.get(key));
  TRY_DO(check_ours(services, object));
  return object;
}

// The object of the request, checked; its namespace is the path's where it names none.
Result<json::Value> checked_body(const TemplateKind& kind, const Services& services, const Call& call,
                                 control::Check check) {
  TRY(json::Value object, body_object(call, kind.member, kind.kind));
  if (kind.namespaced && object["metadata"]["namespace"].as_string().empty()) {
    object.at("metadata").set("namespace", call.ns());
  }
  TRY_DO(services.operations.check(object, check));
  return object;
}

template <const TemplateKind& K>
Result<io::HttpResponse> create(const Services& services, const Call& call) {
  TRY(json::Value object, checked_body(K, services, call, control::Check::Create));
  label_ours(services, object);
  TRY(const json::Value made, services.store.create(std::move(object)));
  return json_response(shaped(K.kind, made));
}

template <const TemplateKind& K>
Result<io::HttpResponse> lint(const Services& services, const Call& call) {
  TRY(json::Value object, checked_body(K, services, call, control::Check::Lint));
  label_ours(services, object);
  return json_response(shaped(K.kind, object));
}

template <const TemplateKind& K>
Result<io::HttpResponse> get(const Services& services, const Call& call) {
  TRY(const json::Value object, existing(services, key_of(K, call)));
  return json_response(shaped(K.kind, object));
}

template <const TemplateKind& K>
Result<io::HttpResponse> update(const Services& services, const Call& call) {
  TRY(const json::Value old, existing(services, key_of(K, call)));
  TRY(json::Value object, checked_body(K, services, call, control::Check::Create));
  label_ours(services, object);
  // The controller's account of a cron workflow's runs is not the client's to drop.
  if (!object.has("status") && old.has("status")) object.set("status", old["status"]);
  TRY(const json::Value now, services.store.update(std::move(object)));
  return json_response(shaped(K.kind, now));
}

template <const TemplateKind& K>
Result<io::HttpResponse> remove(const Services& services, const Call& call) {
  TRY(const json::Value object, existing(services, key_of(K, call)));
  TRY_DO(services.store.remove(key_of(K, call)));
  return empty_response();
}

Result<io::HttpResponse> set_suspend(const Services& services, const Call& call, bool suspend) {
  TRY(const json::Value cron, services.store.modify(
                                  {std::string(store::kCronWorkflow), call.ns(), call.name()},
                                  [&](json::Value& object) -> Result<void> {
                                    if (suspend) {
                                      object.at("spec").set("suspend", true);
                                    } else if (object["spec"].has("suspend")) {
                                      object.at("spec").erase("suspend");
                                    }
                                    return {};
                                  }));
  return json_response(shaped(store::kCronWorkflow, cron));
}
Result<io::HttpResponse> suspend(const Services& services, const Call& call) { return set_suspend(services, call, true); }
Result<io::HttpResponse> resume(const Services& services, const Call& call) { return set_suspend(services, call, false); }

constexpr Route kRoutes[] = {
    {"GET", "/api/v1/workflow-templates/", list<kTemplates>},
    {"GET", "/api/v1/workflow-templates/{}", list<kTemplates>},
    {"POST", "/api/v1/workflow-templates/{}", create<kTemplates>},
    {"POST", "/api/v1/workflow-templates/{}/lint", lint<kTemplates>},
    {"GET", "/api/v1/workflow-templates/{}/{}", get<kTemplates>},
    {"PUT", "/api/v1/workflow-templates/{}/{}", update<kTemplates>},
    {"DELETE", "/api/v1/workflow-templates/{}/{}", remove<kTemplates>},
    {"GET", "/api/v1/cluster-workflow-templates", list<kClusterTemplates>},
    {"POST", "/api/v1/cluster-workflow-templates", create<kClusterTemplates>},
    {"POST", "/api/v1/cluster-workflow-templates/lint", lint<kClusterTemplates>},
    {"GET", "/api/v1/cluster-workflow-templates/{}", get<kClusterTemplates>},
    {"PUT", "/api/v1/cluster-workflow-templates/{}", update<kClusterTemplates>},
    {"DELETE", "/api/v1/cluster-workflow-templates/{}", remove<kClusterTemplates>},
    {"GET", "/api/v1/cron-workflows/", list<kCrons>},
    {"GET", "/api/v1/cron-workflows/{}", list<kCrons>},
    {"POST", "/api/v1/cron-workflows/{}", create<kCrons>},
    {"POST", "/api/v1/cron-workflows/{}/lint", lint<kCrons>},
    {"GET", "/api/v1/cron-workflows/{}/{}", get<kCrons>},
    {"PUT", "/api/v1/cron-workflows/{}/{}", update<kCrons>},
    {"DELETE", "/api/v1/cron-workflows/{}/{}", remove<kCrons>},
    {"PUT", "/api/v1/cron-workflows/{}/{}/suspend", suspend},
    {"PUT", "/api/v1/cron-workflows/{}/{}/resume", resume},
    {"GET", "/api/v1/workflow-event-bindings/{}", list<kBindings>},
    {"GET", "/api/v1/workflow-event-bindings/", list<kBindings>},
};

}  // namespace

std::span<const Route> template_routes() { return kRoutes; }

}  // namespace wf::api
