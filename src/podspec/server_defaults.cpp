// SPDX-License-Identifier: Apache-2.0
// What a Kubernetes API server fills in on creation: requests that follow from limits, the host's
// ports of pods in its network, how images are pulled, probes and the modes of files. Whoever looks
// at a pod then sees the same as in a cluster.
#include <algorithm>

#include "base/quantity.h"
#include "podspec/prepared.h"

namespace wf::podspec {

using json::Value;

namespace {

void set_default(Value& object, std::string_view field, const Value& value) {
  if (!object.has(field)) object.set(field, value);
}

// Always for images that are named `latest` or have no tag; what is no image's name has none
// either.
std::string_view pull_policy_of(std::string_view image) {
  if (image.find('@') != std::string_view::npos) return "IfNotPresent";
  const size_t slash = image.rfind('/');
  const size_t colon = image.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon != std::string_view::npos) {
    return image.substr(colon) == ":latest" ? "Always" : "IfNotPresent";
  }
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("._-/:").find(c) != std::string_view::npos;
  };
  return !image.empty() && std::all_of(image.begin(), image.end(), fits) ? "Always"
                                                                         : "IfNotPresent";
}

void complete_http_get(Value& handler) {
  if (!handler.has("httpGet")) return;
  set_default(handler.at("httpGet"), "path", "/");
  set_default(handler.at("httpGet"), "scheme", "HTTP");
}

void complete_probes(Value& container) {
  for (const char* name : {"livenessProbe", "readinessProbe", "startupProbe"}) {
    if (!container.has(name)) continue;
    Value& probe = container.at(name);
    complete_http_get(probe);
    set_default(probe, "timeoutSeconds", 1);
    set_default(probe, "periodSeconds", 10);
    set_default(probe, "successThreshold", 1);
    set_default(probe, "failureThreshold", 3);
  }
  if (!container.has("lifecycle")) return;
  for (const char* hook : {"postStart", "preStop"}) {
    if (container["lifecycle"].has(hook)) complete_http_get(container.at("lifecycle").at(hook));
  }
}

void complete_ports(Value& ports, bool on_host) {
  for (size_t i = 0; i < ports.size(); ++i) {
    Value& port = ports.item(i);
    set_default(port, "protocol", "TCP");
    if (on_host) set_default(port, "hostPort", port["containerPort"]);
  }
}

void complete_sources(Value& env) {
  for (size_t i = 0; i < env.size(); ++i) {
    const Value& source = env[i]["valueFrom"];
    if (source.has("resourceFieldRef") && !source["resourceFieldRef"].has("divisor")) {
      env.item(i).at("valueFrom").at("resourceFieldRef").set("divisor", "0");
    } else if (source.has("fieldRef") && !source["fieldRef"].has("apiVersion")) {
      env.item(i).at("valueFrom").at("fieldRef").set("apiVersion", "v1");
    }
  }
}

void complete_files(Value& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].has("fieldRef")) set_default(items.item(i).at("fieldRef"), "apiVersion", "v1");
    if (items[i].has("resourceFieldRef")) {
      set_default(items.item(i).at("resourceFieldRef"), "divisor", "0");
    }
  }
}

void complete_projection(Value& source) {
  if (source.has("serviceAccountToken")) {
    set_default(source.at("serviceAccountToken"), "expirationSeconds", 3600);
  }
  if (source["downwardAPI"].has("items")) complete_files(source.at("downwardAPI").at("items"));
}

void complete_volume(Value& volume) {
  for (const char* kind : {"secret", "configMap", "downwardAPI", "projected"}) {
    if (volume.has(kind)) set_default(volume.at(kind), "defaultMode", 420);
  }
  if (volume["downwardAPI"].has("items")) complete_files(volume.at("downwardAPI").at("items"));
  for (size_t i = 0; i < volume["projected"]["sources"].size(); ++i) {
    complete_projection(volume.at("projected").at("sources").item(i));
  }
  if (volume.has("image")) {
    const auto policy = pull_policy_of(volume["image"]["reference"].as_string());
    set_default(volume.at("image"), "pullPolicy", policy);
  }
}

bool needs_completion(const Value& volume) {
  for (const char* kind : {"secret", "configMap", "downwardAPI", "projected", "image"}) {
    if (volume.has(kind)) return true;
  }
  return false;
}

void request_what_is_limited(Value& resources) {
  const Value limits = resources["limits"];
  for (const json::Member& limit : limits.members()) {
    if (resources["requests"].has(limit.key())) continue;
    resources.at("requests").set(limit.key(), limit.value);
  }
}

std::optional<Quantity> requested(const Container& container, std::string_view resource) {
  const Value* request = container.fields["resources"]["requests"].find(resource);
  if (request == nullptr) return std::nullopt;
  auto quantity = Quantity::parse(request->as_string());
  return quantity ? std::optional(std::move(*quantity)) : std::nullopt;
}

// What the containers need at once, or the most that an init container needs alone; nothing where
// none requests the resource.
std::optional<Quantity> requested_by_containers(const Draft& pod, std::string_view resource) {
  std::optional<Quantity> sum;
  const auto add = [&](const Container& container) {
    const auto request = requested(container, resource);
    if (request) sum = sum ? *sum + *request : *request;
  };
  std::for_each(pod.containers.begin(), pod.containers.end(), add);
  std::vector<Quantity> alone;
  for (const Container& container : pod.init_containers) {
    if (container.fields["restartPolicy"].as_string() == "Always") {
      add(container);  // it keeps running
    } else if (const auto request = requested(container, resource)) {
      alone.push_back(*request);
    }
  }
  for (const Quantity& request : alone) {
    if (!sum || compare(*sum, request) < 0) sum = request;
  }
  return sum;
}

// A pod with limits of its own requests what its containers request, else what it is limited to.
void request_for_pod(Draft& pod) {
  Value resources = pod.spec["resources"];
  for (const char* resource : {"cpu", "memory"}) {
    if (resources["requests"].has(resource)) continue;
    if (const auto sum = requested_by_containers(pod, resource)) {
      resources.at("requests").set(resource, sum->text());
    }
  }
  request_what_is_limited(resources);
  pod.spec.set("resources", std::move(resources));
}

void complete_container(Container& container, bool on_host) {
  Value& fields = container.fields;
  set_default(fields, "imagePullPolicy", pull_policy_of(fields["image"].as_string()));
  if (!fields["resources"]["limits"].empty()) request_what_is_limited(fields.at("resources"));
  if (fields.has("ports")) complete_ports(fields.at("ports"), on_host);
  complete_probes(fields);
  complete_sources(container.env);
}

}  // namespace

void add_server_defaults(Draft& pod) {
  const bool on_host = pod.spec["hostNetwork"].as_bool();
  for (Container& container : pod.init_containers) complete_container(container, on_host);
  for (Container& container : pod.containers) complete_container(container, on_host);
  for (size_t i = 0; i < pod.volumes.size(); ++i) {
    if (needs_completion(pod.volumes[i])) complete_volume(pod.volumes.item(i));
  }
  if (!pod.spec["resources"]["limits"].empty()) request_for_pod(pod);
}

}  // namespace wf::podspec
