// SPDX-License-Identifier: Apache-2.0
#include "local/request.h"

#include "io/file.h"
#include "json/text.h"
#include "local/home.h"

namespace wf::local {

json::Value to_json(const Request& request) {
  return json::Value::object({
      {"namespace", request.pod.ns},
      {"name", request.pod.name},
      {"workflow", request.pod.workflow},
      {"workflowUID", request.pod.workflow_uid},
      {"nodeID", request.pod.node_id},
      {"nodeName", request.pod.node_name},
      {"uid", request.uid},
      {"createdAt", request.created_at.time_since_epoch().count()},
      {"driver", request.driver == Driver::Oci ? "oci" : "process"},
      {"network", request.network},
      {"runtime", request.runtime},
      {"home", request.home},
      {"pod", request.pod.pod},
      {"template", request.pod.tmpl},
      {"objects", request.objects},
  });
}

Result<Request> request_from_json(const json::Value& document) {
  Request request;
  const auto text = [&](const char* key) { return std::string(document[key].as_string()); };
  request.pod.ns = text("namespace");
  request.pod.name = text("name");
  request.pod.workflow = text("workflow");
  request.pod.workflow_uid = text("workflowUID");
  request.pod.node_id = text("nodeID");
  request.pod.node_name = text("nodeName");
  request.pod.pod = document["pod"];
  request.pod.tmpl = document["template"];
  request.uid = text("uid");
  request.created_at = Time(Duration(document["createdAt"].as_int().value_or(0)));
  request.driver = document["driver"].as_string() == "oci" ? Driver::Oci : Driver::Process;
  request.network = text("network");
  request.runtime = text("runtime");
  request.home = text("home");
  request.objects = document["objects"];
  if (request.pod.name.empty() || request.uid.empty()) return Error("not the request of a pod");
  return request;
}

Result<Request> read_request(const std::string& pod_dir) {
  TRY(const std::string text, io::read_file(cat(pod_dir, kRequestFile)));
  TRY(const json::Value document, json::parse(text));
  return request_from_json(document);
}

}  // namespace wf::local
