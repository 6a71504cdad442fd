// SPDX-License-Identifier: Apache-2.0
// Kubernetes' own paths for the objects of the store: /api/v1/namespaces/{ns}/configmaps/{name} and
// the like. For what Argo Server has no endpoints for; Argo's kinds are checked as there.
#include "api/call.h"
#include "api/list_options.h"
#include "base/text.h"
#include "json/patch.h"
#include "store/kinds.h"

namespace wf::api {
namespace {

// The kind of a path's resource ("configmaps") in the core group.
Result<const store::KindInfo*> kind_of(const Call& call) {
  for (const store::KindInfo& info : store::all_kinds()) {
    if (info.resource == call.args[1] && info.api_version == "v1") return &info;
  }
  return Error("the server could not find the requested resource", Code::NotFound);
}

Result<store::Key> key_of(const Call& call) {
  TRY(const auto* info, kind_of(call));
  return store::Key{std::string(info->kind), call.ns(), call.args[2]};
}

// As the body has it, under the kind and namespace of the path.
Result<json::Value> object_of(const Call& call) {
  TRY(const auto* info, kind_of(call));
  if (!call.body.is_object()) return Error("the request has no object");
  json::Value object = call.body;
  object.set("kind", info->kind);
  object.set("apiVersion", info->api_version);
  object.at("metadata").set("namespace", call.ns());
  // Secrets may be written in plain text; they are kept as data.
  if (info->kind == store::kSecret && object.has("stringData")) return Error("stringData must be encoded as data first");
  return object;
}

Result<io::HttpResponse> list(const Services& services, const Call& call) {
  TRY(const auto* info, kind_of(call));
  // Kubernetes' names of the parameters have no prefix.
  store::ListRequest request{.kind = std::string(info->kind), .ns = call.ns() == "*" ? "" : call.ns()};
  TRY(request.labels, spec::LabelSelector::parse(call.query.get("labelSelector")));
  TRY(request.fields, spec::FieldSelector::parse(call.query.get("fieldSelector")));
  TRY(store::ListPage page, services.store.list(request));
  json::Value items = json::Value::array();
  for (json::Value& item : page.items) items.push_back(std::move(item));
  return json_response(json::Value::object(
      {{"apiVersion", info->api_version},
       {"kind", cat(info->kind, "List")},
       {"metadata", json::Value::object({{"resourceVersion", std::to_string(page.revision)}})},
       {"items", std::move(items)}}));
}

Result<io::HttpResponse> create(const Services& services, const Call& call) {
  TRY(json::Value object, object_of(call));
  TRY(const json::Value made, services.store.create(std::move(object)));
  return json_response(made);
}

Result<io::HttpResponse> get(const Services& services, const Call& call) {
  TRY(const store::Key key, key_of(call));
  TRY(const json::Value object, services.store.get(key));
  return json_response(object);
}

Result<io::HttpResponse> update(const Services& services, const Call& call) {
  TRY(json::Value object, object_of(call));
  object.at("metadata").set("name", call.args[2]);
  TRY(const json::Value now, services.store.update(std::move(object)));
  return json_response(now);
}

Result<io::HttpResponse> patch(const Services& services, const Call& call) {
  TRY(const store::Key key, key_of(call));
  TRY(const json::Value now, services.store.modify(key, [&](json::Value& object) -> Result<void> {
    object = json::merge_patch(std::move(object), call.body);
    return {};
  }));
  return json_response(now);
}

Result<io::HttpResponse> remove(const Services& services, const Call& call) {
  TRY(const store::Key key, key_of(call));
  TRY_DO(services.store.remove(key));
  return empty_response();
}

constexpr Route kRoutes[] = {
    {"GET", "/api/v1/namespaces/{}/{}", list},       {"POST", "/api/v1/namespaces/{}/{}", create},
    {"GET", "/api/v1/namespaces/{}/{}/{}", get},     {"PUT", "/api/v1/namespaces/{}/{}/{}", update},
    {"PATCH", "/api/v1/namespaces/{}/{}/{}", patch}, {"DELETE", "/api/v1/namespaces/{}/{}/{}", remove},
};

}  // namespace

std::span<const Route> object_routes() { return kRoutes; }

}  // namespace wf::api
