// SPDX-License-Identifier: Apache-2.0
// What the pods did, taken over into the nodes (rules POD-2 to POD-22, SHD-3, SHD-4, TIM-2).
#include <algorithm>

#include "base/text.h"
#include "engine/detail/walk.h"
#include "engine/pod_status.h"

namespace wf::engine {

using json::Value;

namespace {

constexpr Duration kResultTimeout = std::chrono::minutes(10);     // TASK_RESULT_TIMEOUT_DURATION
constexpr Duration kRecentlyStarted = std::chrono::seconds(10);   // RECENTLY_STARTED_POD_DURATION

bool has_outputs(const Value& outputs) {
  return !outputs["parameters"].empty() || !outputs["artifacts"].empty() || outputs.has("result");
}

bool has_required_artifacts(const Value& artifacts) {
  const auto list = artifacts.items();
  return std::any_of(list.begin(), list.end(), [](const Value& one) { return !one["optional"].as_bool(); });
}

// POD-8: the template declares outputs that have not been reported.
bool outputs_missing(const Value& tmpl, const Value& outputs) {
  const Value& declared = tmpl["outputs"];
  if (declared["parameters"].empty() && declared["artifacts"].empty() && !declared.has("result")) return false;
  if (outputs.is_null()) return false;
  if (!declared["parameters"].empty() && !outputs.has("parameters")) return true;
  if (has_required_artifacts(declared["artifacts"]) && !outputs.has("artifacts")) return true;
  return declared.has("result") && !outputs.has("result");
}

}  // namespace

Value Walk::template_of(const Node& node) {
  if (node.template_ref.is_object()) {
    spec::TemplateHolder holder;
    holder.ref = &node.template_ref;
    const auto resolved = s.templates.resolve(spec::Scope::parse(s.nodes.interned.at(node.template_scope)), holder);
    return resolved.ok() ? resolved->compiled->tmpl : Value();
  }
  if (const Exec* e = s.exec(s.nodes.find(node.name)); e != nullptr && e->resolved.compiled) return e->resolved.compiled->tmpl;
  const std::string& name = s.nodes.interned.at(node.template_name);
  if (name.empty()) return {};
  spec::TemplateHolder holder;
  holder.template_name = name;
  const auto resolved = s.templates.resolve(spec::Scope::parse(s.nodes.interned.at(node.template_scope)), holder);
  return resolved.ok() ? resolved->compiled->tmpl : Value();
}

void Walk::save_memo(NodeIndex index) {
  Node& node = s.nodes[index];
  if (!node.extra || node.extra->memoization.is_null()) return;
  const Value memo = node.extra->memoization;
  const auto saved = s.world.save_memo(memo["cacheName"].as_string(), memo["key"].as_string(),
                                       {s.nodes.id(index), node.outputs, now});
  if (!saved.ok() && node.type == NodeType::Pod) mark_node(index, Phase::Error, saved.error().message());
}

// The call of a node is looked at again. One that ended before the workflow was loaded may have none
// any more, an exit handler for instance: then what it lies in is.
void Walk::mark_changed(NodeIndex index) {
  for (NodeIndex at = index; at != kNoNode; at = s.nodes[at].boundary) {
    if (Exec* e = s.exec(at); e != nullptr) return mark(s, e);
  }
}

// POD-20, POD-21.
void Walk::take_result(const TaskResult& result) {
  const NodeIndex index = s.nodes.find_id(result.node_id);
  if (index == kNoNode) return;
  const Node& node = s.nodes[index];
  if (!result.phase.empty()) {  // run by the agent (CTR-8)
    if (fulfilled(node)) return;
    if (!result.outputs.is_null()) s.nodes[index].outputs = result.outputs;
    if (const Progress progress = progress_from(result.progress); progress.valid()) s.nodes.set_progress(index, progress);
    mark_node(index, phase_from(result.phase), result.message);
    if (fulfilled(s.nodes[index])) export_outputs(s.nodes[index].outputs);
    mark_changed(index);
    return;
  }
  if (node.synced != Synced::Absent) {
    const Synced synced = result.complete ? Synced::Yes : Synced::No;
    if (node.synced != synced) s.nodes.change(index, [synced](Node& changed) { changed.synced = synced; });
  }
  if (has_outputs(result.outputs)) {
    Value outputs = result.outputs;
    if (!outputs.has("exitCode") && node.outputs.has("exitCode")) outputs.set("exitCode", node.outputs["exitCode"]);
    if (!(outputs == node.outputs)) {
      s.nodes[index].outputs = outputs;
      s.nodes.touch(index);
    }
  }
  if (const Progress progress = progress_from(result.progress); progress.valid()) s.nodes.set_progress(index, progress);
  mark_changed(index);
}

// CTR-2.
void Walk::assess_containers(const PodSeen& pod, NodeIndex index) {
  const std::string base = s.nodes[index].name;
  for (const ContainerSeen& c : pod.containers) {
    const NodeIndex container = s.nodes.find(cat(base, ".", c.name));
    if (container == kNoNode) continue;
    const bool settled = fulfilled(s.nodes[container]);
    switch (c.state) {
      case ContainerSeen::State::Terminated: {
        const std::string text = cat(c.name, ": ", c.reason, " (exit code ", c.exit_code, "): ", c.message);
        if (c.exit_code == 0) mark_node(container, Phase::Succeeded);
        else mark_node(container, c.exit_code == 64 ? Phase::Error : Phase::Failed, text);
        break;
      }
      case ContainerSeen::State::Waiting:
        if (pod.phase == "Failed") mark_node(container, Phase::Failed, "Pod Failed whilst container running");
        else if (!settled) mark_node(container, Phase::Pending);
        break;
      case ContainerSeen::State::Running:
        if (pod.phase == "Failed") mark_node(container, Phase::Failed, "Pod Failed whilst container running");
        else if (!settled) mark_node(container, Phase::Running);
        break;
    }
  }
}

// One pod against its node. True: its results have not arrived, nothing was stored (POD-9).
bool Walk::assess(const PodSeen& pod, NodeIndex index) {
  const Value tmpl = template_of(s.nodes[index]);
  const Node& old = s.nodes[index];
  Phase phase = old.phase;
  std::string message = old.message;
  bool daemoned = old.daemoned;
  const bool daemon = tmpl["daemon"].as_bool();
  bool restarting = false;
  if (pod.phase == "Pending") {
    phase = Phase::Pending;
    message = pending_reason(pod);
    daemoned = false;
  } else if (pod.phase == "Succeeded") {
    phase = daemon ? Phase::Failed : Phase::Succeeded;
    daemoned = false;
  } else if (pod.phase == "Failed") {
    const Inferred inferred = infer_failure(pod, tmpl);
    phase = inferred.phase;
    message = inferred.message;
    daemoned = false;
    if (old.extra && !pod.uid.empty() && pod.uid == old.extra->restarting_pod_uid && old.phase == Phase::Pending) return false;
    const auto& config = s.world.controller().config;
    if (config.failed_pod_restart() && may_restart(pod, tmpl) &&
        (!old.extra || old.extra->failed_pod_restarts < config.failed_pod_max_restarts())) {
      restarting = true;
      phase = Phase::Pending;
      message = cat("Pod auto-restarting due to ", pod.reason, ": ", pod.message);
      turn.actions.push_back(DeletePod{pod.name});
    }
  } else if (pod.phase == "Running") {
    if (daemon) {
      if (!fulfilled(old)) {
        const bool ready = std::all_of(pod.containers.begin(), pod.containers.end(), [](const ContainerSeen& c) { return c.ready; });
        if (!ready) return false;
        phase = Phase::Running;
        daemoned = true;
      }
    } else {
      phase = Phase::Running;
    }
    if (!tmpl.is_null() && needs_termination(pod, tmpl)) turn.actions.push_back(TerminatePod{pod.name});
  } else {
    phase = Phase::Error;
    message = cat("Unexpected pod phase for ", pod.name, ": ", pod.phase);
  }
  assess_containers(pod, index);
  Value outputs = old.outputs;
  for (const ContainerSeen& c : pod.containers) {
    if (c.name == "main" && c.state == ContainerSeen::State::Terminated) {  // POD-12
      if (outputs.is_null()) outputs = Value::object();
      outputs.set("exitCode", std::to_string(c.exit_code));
    }
  }
  Synced synced = old.synced;
  bool aux_gone = true;
  for (const ContainerSeen& c : pod.containers) {
    if (c.name != "wait" && c.name != "supervisor") continue;
    aux_gone = false;
    if (c.state == ContainerSeen::State::Running && completed(phase) && pod.phase != "Failed") phase = old.phase;  // POD-7
    if (c.state == ContainerSeen::State::Terminated && c.exit_code != 0 && synced != Synced::Absent) synced = Synced::Yes;
  }
  if (pod.phase == "Failed" && pod.reason == "Evicted" && aux_gone && synced != Synced::Absent) synced = Synced::Yes;
  if (phase == Phase::Succeeded && outputs_missing(tmpl, outputs)) phase = old.phase;
  if (old.phase == Phase::Pending && phase != Phase::Pending && !failed_or_error(phase) && old.message == message) message.clear();
  if (phase == Phase::Succeeded && synced == Synced::No) return true;
  const bool was_ended = fulfilled(old);
  const std::string ip = daemoned && !completed(phase) ? pod.pod_ip : (old.extra ? old.extra->pod_ip : "");
  const bool changed = phase != old.phase || message != old.message || daemoned != old.daemoned || synced != old.synced ||
                       !(outputs == old.outputs) || s.nodes.interned.at(old.host_node_name) != pod.host_node_name;
  if (!changed && old.progress.valid()) return false;
  s.nodes.change(index, [&](Node& node) {
    node.phase = phase;
    node.message = message;
    node.daemoned = daemoned;
    node.synced = synced;
    node.outputs = outputs;
    node.host_node_name = s.nodes.interned.add(pod.host_node_name);
    if (!node.progress.valid()) node.progress = {0, 1};
    if (!ip.empty()) node.more().pod_ip = ip;
    if (pod.phase != "Failed" && node.extra) node.extra->restarting_pod_uid.clear();
    if (restarting) {
      node.more().restarting_pod_uid = pod.uid;
      ++node.more().failed_pod_restarts;
      node.pod_exists = false;
    }
    if (fulfilled(node) && !is_set(node.finished_at)) {
      node.finished_at = latest_finish(pod, now);
      if (!is_set(node.finished_at)) node.finished_at = now;
      node.resources_duration = resources_duration(pod, now);
    }
  });
  export_outputs(outputs);
  if (!was_ended && phase == Phase::Succeeded) save_memo(index);
  if (phase == Phase::Running) s.pod_running = true;
  mark_changed(index);
  return false;
}

void Walk::fail_pod_nodes(NodeIndex index, const std::string& message) {
  mark_node(index, Phase::Failed, message);
  if (s.nodes[index].synced == Synced::No) look_again(index, now + kResultTimeout + std::chrono::nanoseconds(1));
  std::vector<NodeIndex> open = s.nodes[index].children;
  for (size_t i = 0; i < open.size(); ++i) {
    if (s.nodes[open[i]].type != NodeType::Container) continue;
    if (!fulfilled(s.nodes[open[i]])) mark_node(open[i], Phase::Failed, message);
    for (const NodeIndex child : s.nodes[open[i]].children) {
      if (std::find(open.begin(), open.end(), child) == open.end()) open.push_back(child);
    }
  }
  mark_changed(index);
}

// SHD-3, TIM-2.
void Walk::apply_execution_control(const PodSeen& pod, NodeIndex index) {
  if (fulfilled(s.nodes[index])) return;
  if (pod.phase != "Pending" && pod.phase != "Running") return;
  const bool on_exit = in_exit_handler(index);
  if (!s.may_run(on_exit)) {
    turn.actions.push_back(TerminatePod{pod.name});
    fail_pod_nodes(index, cat("workflow shutdown with strategy:  ", s.shutdown()));
  } else if (s.deadline && now > *s.deadline && !on_exit) {
    turn.actions.push_back(TerminatePod{pod.name});
    fail_pod_nodes(index, "Step exceeded its deadline");
  }
}

// POD-16: the pod of an unfinished node is gone.
void Walk::lose_pod(NodeIndex index) {
  const Node& node = s.nodes[index];
  if (node.type != NodeType::Pod || phase_fulfilled(node)) return;
  if (node.pod_exists) s.nodes.set_pod_exists(index, false);
  if (s.nodes[index].phase == Phase::Pending) {
    mark_changed(index);
    return;
  }
  const Time due = whole_seconds(node.started_at) + kRecentlyStarted;
  if (now <= due) {
    s.missing_since.emplace(index, now);
    mark_changed(index);
    look_again(index, due + std::chrono::nanoseconds(1));
    return;
  }
  s.missing_since.erase(index);
  if (node.daemoned) s.nodes.change(index, [](Node& changed) { changed.daemoned = false; });
  mark_error(index, "pod deleted");
  if (s.nodes[index].synced == Synced::No) s.nodes.change(index, [](Node& changed) { changed.synced = Synced::Yes; });
  std::vector<NodeIndex> open = s.nodes[index].children;
  for (size_t i = 0; i < open.size(); ++i) {
    if (s.nodes[open[i]].type != NodeType::Container) continue;
    mark_error(open[i], "container deleted");
    for (const NodeIndex child : s.nodes[open[i]].children) open.push_back(child);
  }
  mark_changed(index);
}

// SHD-4, TIM-2: nodes that no pod speaks for. Only looked for while it matters.
void Walk::fail_nodes_without_pods() {
  const bool late = s.deadline && now > *s.deadline;
  if (!s.shutting_down() && !late) return;
  for (NodeIndex i = 0; i < s.nodes.size(); ++i) {
    const Node& node = s.nodes[i];
    if (fulfilled(node)) continue;
    const bool suspended = node.type == NodeType::Suspend && node.phase == Phase::Running;
    if (s.shutting_down() && !s.may_run(in_exit_handler(i))) {
      const bool agent = node.type == NodeType::HTTP || node.type == NodeType::Plugin;
      const bool lock = node.phase == Phase::Pending && node.waits_for_lock();
      const bool retry = node.type == NodeType::Retry && children_fulfilled(i);
      if (suspended || agent || lock || retry) {
        mark_node(i, Phase::Failed, cat("Stopped with strategy '", s.shutdown(), "'"));
        mark(s, s.exec(i));
        continue;
      }
    }
    if (!late || in_exit_handler(i)) continue;
    if (node.type == NodeType::Pod && node.phase == Phase::Running && node.pod_exists) {  // not seen in this turn
      turn.actions.push_back(TerminatePod{pod_name(node)});
      fail_pod_nodes(i, "Step exceeded its deadline");
    } else if (node.phase == Phase::Pending || suspended) {
      mark_node(i, Phase::Failed, "Step exceeded its deadline");
      mark(s, s.exec(i));
    }
  }
}

bool Walk::take_pod(const PodSeen& pod) {
  const NodeIndex index = s.nodes.find_id(pod.node_id);
  if (index == kNoNode) return false;
  ++turn.visited;
  s.missing_since.erase(index);
  if (!s.nodes[index].pod_exists) {
    const bool restarted = s.nodes[index].extra && s.nodes[index].extra->restarting_pod_uid == pod.uid && !pod.uid.empty();
    if (!restarted) s.nodes.set_pod_exists(index, true);
  }
  const Node& before = s.nodes[index];
  if (!s.entry && phase_fulfilled(before) && !before.daemoned && (pod.phase == "Pending" || pod.phase == "Running")) {
    turn.actions.push_back(TerminatePod{pod.name});  // told before, perhaps, but a crash came between
  }
  const bool incomplete = assess(pod, index);
  apply_execution_control(pod, index);
  return incomplete;
}

// True: all that was seen is stored.
bool Walk::observe(const Observed& observed) {
  for (const TaskResult& result : observed.results) take_result(result);
  bool complete = true;
  s.pod_running = false;
  std::unordered_map<NodeIndex, PodSeen> again = std::move(s.unassessed);
  s.unassessed.clear();
  for (const PodSeen& pod : observed.pods) {
    const NodeIndex index = s.nodes.find_id(pod.node_id);
    again.erase(index);
    if (take_pod(pod)) {
      s.unassessed[index] = pod;
      complete = false;
    }
  }
  for (auto& [index, pod] : again) {
    if (take_pod(pod)) {
      s.unassessed[index] = pod;
      complete = false;
    }
  }
  for (const std::string& id : observed.gone) {
    const NodeIndex index = s.nodes.find_id(id);
    if (index != kNoNode) lose_pod(index);
  }
  if (observed.all) {
    std::set<std::string_view> present;
    for (const PodSeen& pod : observed.pods) present.insert(pod.node_id);
    for (NodeIndex i = 0; i < s.nodes.size(); ++i) {
      if (s.nodes[i].type == NodeType::Pod && is_set(s.nodes[i].started_at) && !phase_fulfilled(s.nodes[i]) &&
          !present.contains(s.nodes.id(i))) {
        lose_pod(i);
      }
    }
  }
  std::vector<NodeIndex> missing;
  for (const auto& [index, since] : s.missing_since) missing.push_back(index);
  for (const NodeIndex index : missing) lose_pod(index);
  if (complete) s.pod_condition = s.pod_running ? "True" : "False";
  return complete;
}

}  // namespace wf::engine
