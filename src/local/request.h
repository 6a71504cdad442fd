// SPDX-License-Identifier: Apache-2.0
// local/request.h: what the backend hands to a pod's supervisor, as the file request.json (mode
// 0600: it holds the values of the secrets that the pod refers to).
#pragma once
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "engine/ports.h"
#include "json/value.h"

namespace wf::local {

enum class Driver { Process, Oci };

struct Request {
  engine::PodRequest pod;
  std::string uid;
  Time created_at{};
  Driver driver = Driver::Process;
  std::string network;  // "host", "bridge" or "auto"
  std::string runtime;  // program that runs OCI bundles; "" with driver process
  std::string home;     // $ARGO_HOME
  json::Value objects;  // {"ConfigMap/<name>": object, "Secret/<name>": object}, those that exist
};

json::Value to_json(const Request& request);
Result<Request> request_from_json(const json::Value& document);
Result<Request> read_request(const std::string& pod_dir);

}  // namespace wf::local
