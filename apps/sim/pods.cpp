// SPDX-License-Identifier: Apache-2.0
#include "sim/pods.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"

namespace wf::sim {

using engine::ContainerSeen;
using json::Value;

namespace {

bool alive_phase(const std::string& phase) { return phase == "Pending" || phase == "Running"; }

}  // namespace

void Pods::crash() {
  if (random_.per_mille(faults_.crash_at_action)) throw Crash{};
}

// The notice that a pod changed; it may come late, twice, after later ones, or never.
void Pods::tell(const Pod& pod) {
  if (random_.per_mille(faults_.lost_notice)) return;
  const Due notice{Step::Notice, pod.seen.name, pod.seen.uid, pod.seen.workflow};
  at(random_.up_to_seconds(faults_.late_notice_seconds), notice);
  if (random_.per_mille(faults_.doubled_notice)) at(random_.up_to_seconds(faults_.late_notice_seconds + 1), notice);
}

void Pods::check_limits(const Pod& made) {
  const auto limit = scenario_.limits.find(made.template_name);
  if (limit == scenario_.limits.end()) return;
  int running = 0;
  std::string who;
  for (const auto& [name, pod] : pods_) {
    const auto other = scenario_.limits.find(pod.template_name);
    if (other == scenario_.limits.end() || other->second.lock != limit->second.lock || !alive_phase(pod.seen.phase)) continue;
    ++running;
    who += cat(" ", pod.node_name);
  }
  if (running > limit->second.most) problems_.push_back(cat("more than ", limit->second.most, " pods run under lock ", limit->second.lock, ":", who));
}

void Pods::check_new(const engine::PodRequest& request) {
  if (++created_[request.node_name] > 1 && !vanished_.contains(request.node_id)) {
    problems_.push_back(cat("the pod of ", request.node_name, " was created twice"));
  }
}

// What it will do, by its node's name alone.
void Pods::script(Pod& pod, const engine::PodRequest& request) {
  const uint64_t hash = fnv1a_64(request.node_name) >> 7;
  pod.fails = pod.template_name.starts_with("flaky") && hash % 100 < 40;
  pod.daemon = request.tmpl["daemon"].as_bool();
  if (pod.template_name == "say") pod.outputs = Value::object({{"result", std::to_string(hash % 10)}});
  if (pod.template_name == "make") {
    Value list = Value::array();
    for (uint64_t i = 0; i < 1 + hash % 3; ++i) list.push_back(cat("p", i));
    std::string text = "[";
    for (const Value& item : list.items()) text += cat(text.size() > 1 ? "," : "", "\"", item.as_string(), "\"");
    pod.outputs = Value::object({{"parameters", Value::array({Value::object({{"name", "value"}, {"value", cat("v", hash % 1000)}}),
                                                              Value::object({{"name", "list"}, {"value", text + "]"}})})}});
  }
}

Result<void> Pods::create(const engine::PodRequest& request) {
  crash();
  const bool not_ready = random_.per_mille(faults_.not_ready);
  if (not_ready && random_.chance(50)) return Error("the backend is not ready", Code::Unavailable);
  if (!pods_.contains(request.name)) {
    check_new(request);
    Pod& pod = pods_[request.name];
    pod.node_name = request.node_name;
    pod.template_name = request.tmpl["name"].as_string();
    pod.seen.ns = request.ns;
    pod.seen.name = request.name;
    pod.seen.uid = cat("uid-", ++uids_);
    pod.seen.workflow = request.workflow;
    pod.seen.node_id = pod.result.node_id = request.node_id;
    pod.seen.phase = "Pending";
    pod.seen.created_at = clock_.now();
    by_node_.insert(request.node_id);
    script(pod, request);
    check_limits(pod);
    const Due start{Step::Start, request.name, pod.seen.uid, request.workflow};
    at(random_.up_to_seconds(2 + faults_.slow_pod_seconds / 10), start);
    if (random_.per_mille(faults_.vanish)) {
      at(random_.up_to_seconds(5 + faults_.slow_pod_seconds), {Step::Vanish, request.name, pod.seen.uid, request.workflow});
    }
    tell(pod);
  }
  crash();
  if (not_ready) return Error("the answer was lost", Code::Unavailable);
  return {};
}

void Pods::end(Pod& pod, bool killed) {
  if (!alive_phase(pod.seen.phase)) return;
  const bool failed = pod.fails || killed;
  pod.seen.phase = failed ? "Failed" : "Succeeded";
  const Time started = pod.seen.containers.empty() ? clock_.now() : pod.seen.containers[0].started_at;
  pod.seen.containers.clear();
  for (const char* name : {"main", "wait"}) {
    ContainerSeen container;
    container.name = name;
    container.state = ContainerSeen::State::Terminated;
    if (failed && container.name == "main") container.exit_code = killed ? 143 : 1;
    container.reason = container.exit_code == 0 ? "Completed" : "Error";
    container.started_at = started;
    container.finished_at = clock_.now();
    pod.seen.containers.push_back(std::move(container));
  }
  at(random_.up_to_seconds(faults_.late_result_seconds), {Step::Report, pod.seen.name, pod.seen.uid, pod.seen.workflow});
  tell(pod);
}

void Pods::carry_out(const Due& due) {
  if (due.step == Step::Notice) {
    if (changed_) changed_(kNamespace, due.workflow, due.pod);
    return;
  }
  const auto found = pods_.find(due.pod);
  if (found == pods_.end() || found->second.seen.uid != due.uid) return;
  Pod& pod = found->second;
  switch (due.step) {
    case Step::Start: {
      if (pod.seen.phase != "Pending") return;
      pod.seen.phase = "Running";
      pod.seen.pod_ip = "10.0.0.1";
      for (const char* name : {"main", "wait"}) {
        ContainerSeen container;
        container.name = name;
        container.state = ContainerSeen::State::Running;
        container.ready = true;
        container.started_at = clock_.now();
        pod.seen.containers.push_back(std::move(container));
      }
      if (!pod.daemon) at(random_.up_to_seconds(5 + faults_.slow_pod_seconds), {Step::End, due.pod, due.uid, due.workflow});
      return tell(pod);
    }
    case Step::End: return end(pod, due.killed);
    case Step::Report:
      pod.result.complete = true;
      if (!pod.fails) pod.result.outputs = pod.outputs;
      return tell(pod);
    case Step::Vanish: {
      const Pod gone = pod;
      if (!alive_phase(gone.seen.phase)) return;
      vanished_.insert(gone.seen.node_id);
      by_node_.erase(gone.seen.node_id);
      pods_.erase(found);
      return tell(gone);
    }
    case Step::Notice: return;
  }
}

void Pods::terminate(const std::string&, const std::string& name, Duration grace) {
  crash();
  const auto pod = pods_.find(name);
  if (pod != pods_.end() && alive_phase(pod->second.seen.phase) && !pod->second.ending) {
    pod->second.ending = true;
    const auto most = std::max<int64_t>(1, std::chrono::duration_cast<std::chrono::seconds>(grace).count());
    at(random_.up_to_seconds(static_cast<int>(most)), {Step::End, name, pod->second.seen.uid, pod->second.seen.workflow, true});
  }
  crash();
}

void Pods::remove(const std::string&, const std::string& name) {
  crash();
  const auto pod = pods_.find(name);
  if (pod != pods_.end()) {
    if (alive_phase(pod->second.seen.phase) && !pod->second.ending) {
      problems_.push_back(cat("the pod of ", pod->second.node_name, " was removed while it ran"));
    }
    by_node_.erase(pod->second.seen.node_id);
    const Pod gone = pod->second;
    pods_.erase(pod);
    tell(gone);
  }
  crash();
}

Result<engine::PodSeen> Pods::seen(const std::string&, const std::string& name) {
  const auto pod = pods_.find(name);
  if (pod == pods_.end()) return Error("no such pod", Code::NotFound);
  return pod->second.seen;
}

engine::TaskResult Pods::result(const std::string&, const std::string& name) {
  const auto pod = pods_.find(name);
  return pod == pods_.end() ? engine::TaskResult{} : pod->second.result;
}

std::vector<engine::PodSeen> Pods::list(const std::string&, const std::string& workflow) {
  std::vector<engine::PodSeen> list;
  for (const auto& [name, pod] : pods_) {
    if (workflow.empty() || pod.seen.workflow == workflow) list.push_back(pod.seen);
  }
  return list;
}

void Pods::advance() {
  while (!due_.empty() && due_.begin()->first <= clock_.now()) {
    const Due due = std::move(due_.begin()->second);
    due_.erase(due_.begin());
    carry_out(due);
  }
}

Time Pods::next_due() const { return due_.empty() ? Time{} : due_.begin()->first; }

std::vector<std::string> Pods::alive() const {
  std::vector<std::string> names;
  for (const auto& [name, pod] : pods_) {
    if (alive_phase(pod.seen.phase)) names.push_back(pod.node_name);
  }
  return names;
}

}  // namespace wf::sim
