// SPDX-License-Identifier: Apache-2.0
// What the server says of itself, events from outside, and the backup of the store.
#include "api/call.h"
#include "base/text.h"
#include "io/system.h"

namespace wf::api {
namespace {

Result<io::HttpResponse> info(const Services& services, const Call&) {
  json::Value answer = json::Value::object();
  if (!services.managed_namespace.empty()) answer.set("managedNamespace", services.managed_namespace);
  if (!services.config.links().empty()) answer.set("links", services.config.links());
  const auto shown = [](const char* variable) { return io::environment(variable) != "false"; };
  answer.set("modals", json::Value::object({{"feedback", shown("FEEDBACK_MODAL")},
                                            {"firstTimeUser", shown("FIRST_TIME_USER_MODAL")},
                                            {"newVersion", shown("NEW_VERSION_MODAL")}}));
  if (!services.config.nav_color().empty()) answer.set("navColor", services.config.nav_color());
  if (!services.config.columns().empty()) answer.set("columns", services.config.columns());
  return json_response(answer);
}

Result<io::HttpResponse> version(const Services& services, const Call&) { return json_response(services.version); }
Result<io::HttpResponse> userinfo(const Services&, const Call&) { return empty_response(); }
Result<io::HttpResponse> tracking(const Services&, const Call&) { return empty_response(); }

// Request headers "X-…" become metadata for the bindings' expressions, names in lower case.
json::Value metadata_of(const io::HttpRequest& request) {
  json::Value metadata = json::Value::object();
  for (const auto& [name, value] : request.headers.fields()) {
    std::string key;
    for (const char c : name) key.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    if (key.starts_with("x-")) metadata.at(key).push_back(value);
  }
  return metadata;
}

Result<io::HttpResponse> receive_event(const Services& services, const Call& call) {
  TRY_DO(services.operations.receive(
      {call.args[0], call.args.size() > 1 ? call.args[1] : "", call.body, metadata_of(call.request)}));
  return empty_response();
}

Result<io::HttpResponse> metrics(const Services& services, const Call&) {
  if (!services.metrics) return Error("this server measures nothing", Code::NotFound);
  io::HttpResponse response;
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = services.metrics();
  return response;
}

// Only for users of this machine: the file is written as the server's user.
Result<io::HttpResponse> backup(const Services& services, const Call& call) {
  if (call.request.peer != "unix") return Error("a backup can be asked for through the local socket only", Code::Forbidden);
  const std::string file(call.body["file"].as_string());
  if (!file.starts_with('/')) return Error("the backup's file must be an absolute path");
  TRY_DO(services.store.backup(file));
  return empty_response();
}

// There is no archive here: lists are empty, as Argo Server's are without one.
Result<io::HttpResponse> archive_list(const Services&, const Call&) {
  return json_response(json::Value::object({{"metadata", json::Value::object()}, {"items", json::Value()}}));
}
Result<io::HttpResponse> archive_labels(const Services&, const Call&) { return empty_response(); }
Result<io::HttpResponse> archive_get(const Services&, const Call&) {
  return Error("getting archived workflows not supported", Code::Internal);
}
Result<io::HttpResponse> archive_delete(const Services&, const Call&) {
  return Error("deleting archived workflows not supported", Code::Internal);
}

constexpr Route kRoutes[] = {
    {"GET", "/metrics", metrics},
    {"GET", "/api/v1/archived-workflows", archive_list},
    {"GET", "/api/v1/archived-workflows/{}", archive_get},
    {"DELETE", "/api/v1/archived-workflows/{}", archive_delete},
    {"PUT", "/api/v1/archived-workflows/{}/retry", archive_get},
    {"PUT", "/api/v1/archived-workflows/{}/resubmit", archive_get},
    {"GET", "/api/v1/archived-workflows-label-keys", archive_labels},
    {"GET", "/api/v1/archived-workflows-label-values", archive_labels},
    {"GET", "/api/v1/info", info},
    {"GET", "/api/v1/version", version},
    {"GET", "/api/v1/userinfo", userinfo},
    {"POST", "/api/v1/tracking/event", tracking},
    {"POST", "/api/v1/events/{}/{}", receive_event},
    {"POST", "/api/v1/events/{}/", receive_event},
    {"POST", "/api/v1/system/backup", backup},
};

}  // namespace

std::span<const Route> info_routes() { return kRoutes; }

}  // namespace wf::api
