// SPDX-License-Identifier: Apache-2.0
#include "api/call.h"
#include "base/text.h"
#include "json/text.h"
#include "spec/codec.h"
#include "store/kinds.h"

namespace wf::api {
namespace {

constexpr std::string_view kInstanceId = "workflows.argoproj.io/controller-instanceid";
constexpr std::string_view kLatest = "@latest";

void cut_fraction(json::Value& object, const char* field) {
  const std::string_view text = object[field].as_string();
  const size_t dot = text.find('.');
  if (dot != text.npos) object.set(field, cat(text.substr(0, dot), "Z"));
}

}  // namespace

io::HttpResponse json_response(const json::Value& value) {
  io::HttpResponse response;
  response.headers.set("Content-Type", "application/json");
  response.body = json::print(value);
  return response;
}

io::HttpResponse empty_response() { return json_response(json::Value::object()); }

Status status_of(Code code) {
  switch (code) {
    case Code::InvalidArgument: return {400, 3};
    case Code::NotFound: return {404, 5};
    case Code::AlreadyExists:
    case Code::Conflict: return {409, 6};  // Argo maps Kubernetes' 409 to "already exists"
    case Code::Unauthenticated: return {401, 16};
    case Code::Forbidden: return {403, 7};
    case Code::Unavailable: return {503, 14};
    case Code::Timeout: return {504, 4};
    case Code::Internal: return {500, 13};
  }
  return {500, 13};
}

io::HttpResponse error_response(const Error& error) {
  const Status status = status_of(error.code());
  io::HttpResponse response = json_response(json::Value::object({{"code", status.grpc}, {"message", error.message()}}));
  response.status = status.http;
  return response;
}

std::string stream_error(const Error& error) {
  const Status status = status_of(error.code());
  return json::print(json::Value::object(
      {{"error", json::Value::object({{"grpc_code", status.grpc},
                                      {"http_code", status.http},
                                      {"message", error.message()},
                                      {"http_status", io::reason_phrase(status.http)}})}}));
}

json::Value with_whole_seconds(json::Value workflow) {
  if (!workflow["status"].is_object()) return workflow;
  json::Value& status = workflow.at("status");
  cut_fraction(status, "startedAt");
  cut_fraction(status, "finishedAt");
  if (!status["nodes"].is_object()) return workflow;
  json::Value nodes = json::Value::object();
  for (const json::Member& member : status["nodes"].members()) {
    json::Value node = member.value;
    cut_fraction(node, "startedAt");
    cut_fraction(node, "finishedAt");
    nodes.set(member.key(), std::move(node));
  }
  status.set("nodes", std::move(nodes));
  return workflow;
}

json::Value shaped(std::string_view kind, const json::Value& object) {
  if (kind == store::kWorkflow) return spec::encode(kind, with_whole_seconds(object));
  return spec::encode(kind, object);
}

bool is_ours(const Services& services, const json::Value& object) {
  const std::string_view ours = services.config.instance_id();
  const json::Value* label = object["metadata"]["labels"].find(kInstanceId);
  return ours.empty() ? label == nullptr : label != nullptr && label->as_string() == ours;
}

Result<void> check_ours(const Services& services, const json::Value& object) {
  if (is_ours(services, object)) return {};
  return Error(cat("'", object["metadata"]["name"].as_string(), "' is not managed by the current Argo Server"));
}

void label_ours(const Services& services, json::Value& object) {
  const std::string_view ours = services.config.instance_id();
  if (!ours.empty()) {
    object.at("metadata").at("labels").set(kInstanceId, ours);
  } else if (object["metadata"]["labels"].has(kInstanceId)) {
    object.at("metadata").at("labels").erase(kInstanceId);
  }
}

Result<json::Value> get_workflow(const Services& services, const std::string& ns, const std::string& name,
                                 store::Detail detail) {
  if (name != kLatest) return services.store.get({std::string(store::kWorkflow), ns, name}, detail);
  store::ListRequest request{.kind = std::string(store::kWorkflow), .ns = ns, .detail = store::Detail::Summary};
  TRY(const store::ListPage page, services.store.list(request));
  const json::Value* latest = nullptr;
  for (const json::Value& each : page.items) {
    const auto created = [](const json::Value& w) { return w["metadata"]["creationTimestamp"].as_string(); };
    // Of two made in the same second the later write is the newer.
    if (latest == nullptr || created(each) > created(*latest) ||
        (created(each) == created(*latest) && each["metadata"]["generation"].as_int() == 1 &&
         store::revision_of(each) > store::revision_of(*latest))) {
      latest = &each;
    }
  }
  if (latest == nullptr) return Error("no workflows found", Code::NotFound);
  return services.store.get({std::string(store::kWorkflow), ns, std::string((*latest)["metadata"]["name"].as_string())},
                            detail);
}

Result<json::Value> body_object(const Call& call, std::string_view member, std::string_view kind) {
  const json::Value& given = call.body[member];
  if (!given.is_object()) return Error(cat(member, " was not found in the request body"));
  TRY(json::Value decoded, spec::decode(kind, given));
  json::Value object = json::Value::object({{"apiVersion", store::find_kind(kind)->api_version}, {"kind", kind}});
  for (const json::Member& each : decoded.members()) object.set(each.key(), each.value);
  return object;
}

}  // namespace wf::api
