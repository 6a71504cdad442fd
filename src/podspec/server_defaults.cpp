// SPDX-License-Identifier: Apache-2.0
// What a Kubernetes API server fills in on creation and others then read: requests that follow from
// limits, and the host's ports of pods in its network. (What only repeats a default is left out.)
#include "podspec/prepared.h"

namespace wf::podspec {

using json::Value;

namespace {

void request_what_is_limited(Value& resources) {
  const Value limits = resources["limits"];
  for (const json::Member& limit : limits.members()) {
    if (!resources["requests"].has(limit.key())) resources.at("requests").set(limit.key(), limit.value);
  }
}

void open_host_ports(Value& ports) {
  for (size_t i = 0; i < ports.size(); ++i) {
    if (!ports[i].has("hostPort")) ports.item(i).set("hostPort", ports[i]["containerPort"]);
  }
}

// The pod's request of a resource is what its containers request, if they do; else the limit.
void request_for_pod(Draft& pod) {
  Value resources = pod.spec["resources"];
  const Value limits = resources["limits"];
  for (const json::Member& limit : limits.members()) {
    if (resources["requests"].has(limit.key())) continue;
    bool by_containers = false;
    for (const Container& container : pod.containers) {
      by_containers = by_containers || container.fields["resources"]["requests"].has(limit.key());
    }
    if (!by_containers) resources.at("requests").set(limit.key(), limit.value);
  }
  pod.spec.set("resources", std::move(resources));
}

}  // namespace

void add_server_defaults(Draft& pod) {
  const bool on_host = pod.spec["hostNetwork"].as_bool();
  for (std::vector<Container>* list : {&pod.init_containers, &pod.containers}) {
    for (Container& container : *list) {
      if (!container.fields["resources"]["limits"].empty()) {
        request_what_is_limited(container.fields.at("resources"));
      }
      if (on_host && container.fields.has("ports")) open_host_ports(container.fields.at("ports"));
    }
  }
  if (!pod.spec["resources"]["limits"].empty()) request_for_pod(pod);
}

}  // namespace wf::podspec
