// SPDX-License-Identifier: Apache-2.0
// api/call.h: one request as the endpoints see it, and how they answer.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"

namespace wf::api {

struct Call {
  const io::HttpRequest& request;
  io::Query query;
  std::vector<std::string> args;  // what the path's {} matched, decoded
  json::Value body;               // parsed; Null where there is none

  const std::string& ns() const { return args.at(0); }
  const std::string& name() const { return args.at(1); }
  std::string text(std::string_view name) const { return std::string(query.get(name)); }
  bool flag(std::string_view name) const { return query.get(name) == "true"; }
};

// Endpoints. Services outlive streams; the Call does not.
using Endpoint = Result<io::HttpResponse> (*)(const Services&, const Call&);

struct Route {
  std::string_view method;
  std::string_view path;  // "/api/v1/workflows/{}/{}"; a last "{*}" matches the rest, slashes too
  Endpoint endpoint;
};
// Each file of endpoints has its own.
std::span<const Route> workflow_routes();
std::span<const Route> watch_routes();
std::span<const Route> log_routes();
std::span<const Route> template_routes();
std::span<const Route> info_routes();
std::span<const Route> sync_routes();
std::span<const Route> object_routes();
std::span<const Route> artifact_routes();

io::HttpResponse json_response(const json::Value& value);
// {} with status 200.
io::HttpResponse empty_response();

struct Status {
  int http;
  int grpc;
};
Status status_of(Code code);
io::HttpResponse error_response(const Error& error);
// The error as the last message of a stream.
std::string stream_error(const Error& error);

// The object as Go would print it: fields in order, with the structs that are always there.
json::Value shaped(std::string_view kind, const json::Value& object);
// A workflow with its times as Kubernetes has them; the store keeps fractions of seconds.
json::Value with_whole_seconds(json::Value workflow);

// Whether the object belongs to this server's instance ID (label
// workflows.argoproj.io/controller-instanceid); InvalidArgument with Argo's text where not.
bool is_ours(const Services& services, const json::Value& object);
Result<void> check_ours(const Services& services, const json::Value& object);
// Sets or removes that label.
void label_ours(const Services& services, json::Value& object);

// The workflow of a name; "@latest" is the newest of the namespace.
Result<json::Value> get_workflow(const Services& services, const std::string& ns, const std::string& name,
                                 store::Detail detail);

// A member of the body, decoded as an object of `kind` with kind and apiVersion set.
Result<json::Value> body_object(const Call& call, std::string_view member, std::string_view kind);

}  // namespace wf::api
