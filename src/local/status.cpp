// SPDX-License-Identifier: Apache-2.0
#include "local/status.h"

#include "io/file.h"
#include "json/text.h"
#include "local/home.h"

namespace wf::local {
namespace {

using State = engine::ContainerSeen::State;

int64_t count(Time time) { return time.time_since_epoch().count(); }
Time time_of(const json::Value& value) { return Time(Duration(value.as_int().value_or(0))); }
std::string text(const json::Value& value) { return std::string(value.as_string()); }

std::string_view name_of(State state) {
  switch (state) {
    case State::Waiting:
      return "waiting";
    case State::Running:
      return "running";
    case State::Terminated:
      return "terminated";
  }
  return "waiting";
}

json::Value containers_json(const std::vector<engine::ContainerSeen>& containers) {
  json::Value out = json::Value::array();
  for (const auto& container : containers) {
    out.push_back(json::Value::object({
        {"name", container.name},
        {"state", name_of(container.state)},
        {"ready", container.ready},
        {"reason", container.reason},
        {"message", container.message},
        {"exitCode", container.exit_code},
        {"startedAt", count(container.started_at)},
        {"finishedAt", count(container.finished_at)},
    }));
  }
  return out;
}

std::vector<engine::ContainerSeen> containers_of(const json::Value& list) {
  std::vector<engine::ContainerSeen> out;
  for (const json::Value& item : list.items()) {
    engine::ContainerSeen container;
    container.name = text(item["name"]);
    const std::string_view state = item["state"].as_string();
    container.state = state == "running"      ? State::Running
                      : state == "terminated" ? State::Terminated
                                              : State::Waiting;
    container.ready = item["ready"].as_bool();
    container.reason = text(item["reason"]);
    container.message = text(item["message"]);
    container.exit_code = static_cast<int>(item["exitCode"].as_int().value_or(0));
    container.started_at = time_of(item["startedAt"]);
    container.finished_at = time_of(item["finishedAt"]);
    out.push_back(std::move(container));
  }
  return out;
}

}  // namespace

json::Value to_json(const PodStatus& status) {
  const engine::PodSeen& seen = status.seen;
  return json::Value::object({
      {"namespace", seen.ns},
      {"name", seen.name},
      {"uid", seen.uid},
      {"workflow", seen.workflow},
      {"nodeID", seen.node_id},
      {"phase", seen.phase},
      {"reason", seen.reason},
      {"message", seen.message},
      {"podIP", seen.pod_ip},
      {"hostNodeName", seen.host_node_name},
      {"unschedulable", seen.unschedulable},
      {"createdAt", count(seen.created_at)},
      {"initContainers", containers_json(seen.init_containers)},
      {"containers", containers_json(seen.containers)},
      {"complete", status.result.complete},
      {"outputs", status.result.outputs},
      {"progress", status.result.progress},
  });
}

PodStatus status_from_json(const json::Value& document) {
  PodStatus status;
  engine::PodSeen& seen = status.seen;
  seen.ns = text(document["namespace"]);
  seen.name = text(document["name"]);
  seen.uid = text(document["uid"]);
  seen.workflow = text(document["workflow"]);
  seen.node_id = text(document["nodeID"]);
  seen.phase = text(document["phase"]);
  seen.reason = text(document["reason"]);
  seen.message = text(document["message"]);
  seen.pod_ip = text(document["podIP"]);
  seen.host_node_name = text(document["hostNodeName"]);
  seen.unschedulable = text(document["unschedulable"]);
  seen.created_at = time_of(document["createdAt"]);
  seen.init_containers = containers_of(document["initContainers"]);
  seen.containers = containers_of(document["containers"]);
  status.result.node_id = seen.node_id;
  status.result.complete = document["complete"].as_bool();
  status.result.outputs = document["outputs"];
  status.result.progress = text(document["progress"]);
  return status;
}

std::optional<StoredStatus> read_status(const std::string& pod_dir) {
  for (const std::string_view file : {kResultFile, kStatusFile}) {
    auto data = io::read_file(cat(pod_dir, file));
    if (!data) continue;
    auto document = json::parse(*data);
    if (!document) continue;  // a file is only ever renamed into place whole: not ours
    return StoredStatus{status_from_json(*document), file == kResultFile};
  }
  return std::nullopt;
}

}  // namespace wf::local
