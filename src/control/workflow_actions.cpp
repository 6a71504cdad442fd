// SPDX-License-Identifier: Apache-2.0
// What a turn wants done, done. Everything here may be done twice.
#include <cstdio>

#include "base/text.h"
#include "control/detail/workflow_slot.h"
#include "control/workflow_worker.h"
#include "engine/pod_gc.h"
#include "store/kinds.h"

namespace wf::control {

using json::Value;

namespace {

void say(const std::string& ns, const std::string& name, const Error& error) {
  std::fprintf(stderr, "workflow %s/%s: %s\n", ns.c_str(), name.c_str(), error.message().c_str());
}

}  // namespace

std::string WorkflowWorker::pod_removal_key(const std::string& ns, const std::string& pod) { return cat("p/", ns, "/", pod); }

void WorkflowWorker::remove_pod(const std::string& queue_key) {
  const size_t slash = queue_key.find('/', 2);
  ports_.backend.remove(queue_key.substr(2, slash - 2), queue_key.substr(slash + 1));
  ports_.queue.done(queue_key);
}

void WorkflowWorker::count_turn(Duration length) {
  // Six steps up to the 30 s that a turn may take in Argo.
  static const std::vector<double> kBuckets{5, 10, 15, 20, 25, 30};
  ports_.world.metrics().observe("operation_duration_seconds", "Histogram of durations of operations", kBuckets,
                                 static_cast<double>(length.count()) / 1e9);
}

void WorkflowWorker::count_phase(Slot& slot) {
  const std::string phase(slot.header["status"]["phase"].as_string());
  if (phase.empty() || phase == slot.counted_phase) return;
  slot.counted_phase = phase;
  ports_.world.metrics().count("total_count", "Total number of Workflows that have entered each phase",
                               {{"phase", phase}, {"namespace", slot.ns}});
}

void WorkflowWorker::act_on(Slot& slot, const engine::Action& action) {
  if (const auto* create = std::get_if<engine::CreatePod>(&action)) {
    create_pod(slot, create->request, create->config_map);
  } else if (const auto* terminate = std::get_if<engine::TerminatePod>(&action)) {
    const auto pod = ports_.backend.seen(slot.ns, terminate->pod);
    const Value unknown;
    ports_.backend.terminate(slot.ns, terminate->pod, engine::termination_of("Running", pod.ok() ? pod->spec : unknown).grace);
  } else if (const auto* gone = std::get_if<engine::DeletePod>(&action)) {
    remove_later(slot, gone->pod, gone->after);
  } else if (const auto* used = std::get_if<engine::DeleteClaim>(&action)) {
    const auto removed = ports_.store.remove({std::string(store::kPersistentVolumeClaim), slot.ns, used->name});
    if (!removed.ok() && removed.error().code() != Code::NotFound) say(slot.ns, slot.name, removed.error());
  } else if (const auto* agent = std::get_if<engine::RunAgent>(&action)) {
    run_agent(slot, agent->pod);
  } else if (const auto* tasks = std::get_if<engine::SetTasks>(&action)) {
    set_tasks(slot, tasks->tasks);
  }
  // CreateClaim was written with the turn. Finished pods bear no label here that anybody reads
  // (LabelPodCompleted), and artifacts are collected when the workflow has ended (ArtifactCollector).
}

void WorkflowWorker::remove_later(const Slot& slot, const std::string& pod, Duration after) {
  if (after > Duration::zero()) {
    ports_.queue.add_at(pod_removal_key(slot.ns, pod), ports_.clock.now() + after);
  } else {
    ports_.backend.remove(slot.ns, pod);
  }
}

// Made where it is not there yet.
void WorkflowWorker::put_object(Value object) {
  const std::string name(object["metadata"]["name"].as_string());
  const std::string ns(object["metadata"]["namespace"].as_string());
  const auto made = ports_.store.create(std::move(object));
  if (!made.ok() && made.error().code() != Code::AlreadyExists) say(ns, name, made.error());
}

void WorkflowWorker::create_pod(Slot& slot, const engine::PodRequest& request, const Value& config_map) {
  if (!config_map.is_null()) {
    Value object = config_map;
    object.set("kind", store::kConfigMap);
    object.at("metadata").set("namespace", slot.ns);
    put_object(std::move(object));
  }
  slot.node_of_pod[request.name] = request.node_id;
  slot.keeper.made(request);
  auto created = ports_.backend.create(request);
  if (created.ok()) return;
  if (transient(created.error())) {
    slot.pods_to_create.push_back({request, config_map});
  } else {
    slot.pods_refused.emplace_back(request.node_id, created.error().message());
  }
}

void WorkflowWorker::run_agent(Slot& slot, const Value& pod) {
  engine::PodRequest request;
  request.ns = slot.ns;
  request.name = pod["metadata"]["name"].as_string();
  request.workflow = slot.name;
  request.workflow_uid = store::uid_of(slot.header);
  request.node_name = request.name;
  request.pod = pod;
  create_pod(slot, request, Value());
}

// CTR-7: the set that the workflow's agent reads.
void WorkflowWorker::set_tasks(Slot& slot, const Value& tasks) {
  const store::Key key{"WorkflowTaskSet", slot.ns, slot.name};
  auto changed = ports_.store.modify(key, [&](Value& object) -> Result<void> {
    object.at("spec").set("tasks", tasks);
    return {};
  });
  if (changed.ok() || changed.error().code() != Code::NotFound) return;
  const Value owner = Value::object({{"apiVersion", store::find_kind(store::kWorkflow)->api_version},
                                     {"kind", store::kWorkflow},
                                     {"name", slot.name},
                                     {"uid", store::uid_of(slot.header)},
                                     {"controller", true}});
  put_object(Value::object(
      {{"kind", key.kind},
       {"metadata", Value::object({{"name", key.name}, {"namespace", key.ns}, {"ownerReferences", Value::array({owner})}})},
       {"spec", Value::object({{"tasks", tasks}})}}));
}

}  // namespace wf::control
