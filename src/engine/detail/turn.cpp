// SPDX-License-Identifier: Apache-2.0
// The order of one turn (rule REC-6).
#include <algorithm>

#include "base/text.h"
#include "engine/artifact_gc.h"
#include "engine/detail/expressions.h"
#include "engine/detail/walk.h"
#include "engine/locks.h"
#include "json/text.h"
#include "spec/names.h"

namespace wf::engine {

using json::Value;

namespace {

std::string_view workflow_phase(Phase phase) {  // PHS-5
  switch (phase) {
    case Phase::Pending: return "Pending";
    case Phase::Running: return "Running";
    case Phase::Succeeded: case Phase::Skipped: case Phase::Omitted: return "Succeeded";
    case Phase::Failed: return "Failed";
    case Phase::Error: return "Error";
    case Phase::None: break;
  }
  return "";
}

}  // namespace

void Walk::first_turn() {
  mark_workflow("Running", "");
  const auto version = s.world.controller().flags.pod_names_v1 ? spec::PodNames::V1 : spec::PodNames::V2;
  s.set_annotation(spec::kPodNameFormat, spec::name_of(version));
}

// GCO-6: whether some artifact is to be deleted later.
void Walk::mark_artifact_gc() {
  if (s.status["artifactGCStatus"]["notSpecified"].as_bool() || s.metadata.has("deletionTimestamp")) return;
  const auto finalizers = s.metadata["finalizers"].items();
  // One that is retried may have lost it.
  if (std::find(finalizers.begin(), finalizers.end(), Value(kArtifactGcFinalizer)) != finalizers.end()) return;
  Value status = s.status.has("artifactGCStatus") ? s.status["artifactGCStatus"] : Value::object();
  if (needs_artifact_gc(s.effective, s.templates.stored())) {
    s.metadata.at("finalizers").push_back(kArtifactGcFinalizer);
  } else {
    status.set("notSpecified", true);
  }
  s.status.set("artifactGCStatus", status);
  s.header_changed = true;
}

// TIM-1.
static std::optional<Time> deadline_of(const State& s) {
  const auto seconds = s.effective["activeDeadlineSeconds"].as_int();
  if (!seconds || !is_set(s.started_at)) return std::nullopt;
  return whole_seconds(s.started_at) + std::chrono::seconds(*seconds);
}

// REC-8.
void Walk::create_claims() {
  const Value& wanted = s.effective["volumeClaimTemplates"];
  if ((s.phase != "Pending" && s.phase != "Running") || wanted.size() == s.status["persistentVolumeClaims"].size()) return;
  Value claims = Value::array();
  for (size_t i = 0; i < wanted.size(); ++i) {
    Value claim = wanted[i];
    const std::string name(claim["metadata"]["name"].as_string());
    if (name.empty()) {
      mark_workflow("Error", cat("pvc create error: volumeClaimTemplates[", i, "].metadata.name is required"));
      stop = true;
      return;
    }
    const std::string full = cat(s.name, "-", name);
    const Value known = s.world.find("PersistentVolumeClaim", s.ns, full);
    if (!known.is_null()) {
      const auto owners = known["metadata"]["ownerReferences"].items();
      if (std::none_of(owners.begin(), owners.end(), [&](const Value& one) { return one["uid"].as_string() == s.uid; })) {
        mark_workflow("Error", cat("pvc create error: ", full, " pvc already exists with different ownerreference"));
        stop = true;
        return;
      }
    } else {
      claim.set("apiVersion", "v1");
      claim.set("kind", "PersistentVolumeClaim");
      Value& metadata = claim.at("metadata");
      metadata.set("name", full);
      metadata.set("namespace", s.ns);
      metadata.at("labels").set("workflows.argoproj.io/workflow", s.name);
      metadata.set("ownerReferences", Value::array({Value::object({{"apiVersion", "argoproj.io/v1alpha1"}, {"kind", "Workflow"},
          {"name", s.name}, {"uid", s.uid}, {"controller", true}, {"blockOwnerDeletion", true}})}));
      turn.actions.push_back(CreateClaim{claim});
    }
    claims.push_back(Value::object({{"name", name}, {"persistentVolumeClaim", Value::object({{"claimName", full}})}}));
  }
  s.status.set("persistentVolumeClaims", claims);
  s.header_changed = true;
}

void Walk::delete_claims() {
  const std::string_view strategy = s.effective["volumeClaimGC"]["strategy"].as_string();
  if (strategy != "OnWorkflowCompletion" && s.phase != "Succeeded") return;
  const Value claims = s.status["persistentVolumeClaims"];
  if (claims.empty()) return;
  for (const Value& claim : claims.items()) {
    turn.actions.push_back(DeleteClaim{std::string(claim["persistentVolumeClaim"]["claimName"].as_string())});
  }
  s.status.erase("persistentVolumeClaims");
  s.header_changed = true;
}

// Everything that ends with the workflow: locks, agent, what was in memory for it.
void Walk::end_cleanup() {
  for (std::string& key : s.world.locks().release_all(s.key())) turn.wake.push_back(std::move(key));
  s.status.erase("synchronization");
  if (s.agent_runs) turn.actions.push_back(DeletePod{spec::agent_pod_name(s.name)});
}

// REC-17: the text, quoted as a Go string.
void Walk::set_failures() {
  Value failures;
  for (NodeIndex i = 0; i < s.nodes.size(); ++i) {
    const Node& node = s.nodes[i];
    if (!failed_or_error(node.phase)) continue;
    if (failures.is_null()) failures = Value::array();
    const Value& ref = node.template_ref["template"];
    failures.push_back(Value::object({{"displayName", node.display_name()},
                                      {"message", node.message},
                                      {"templateName", ref.is_null() ? Value(s.nodes.interned.at(node.template_name)) : ref},
                                      {"phase", name_of(node.phase)},
                                      {"podName", pod_name(node)},
                                      {"finishedAt", is_set(node.finished_at) ? Value(to_rfc3339(node.finished_at)) : Value()}}));
  }
  s.globals.set("workflow.failures", go_quote(json::print(failures)));
}

ExecPtr Walk::make_entry() {
  auto e = std::make_unique<Exec>();
  e->name = s.name;
  e->kind = CallKind::Entry;
  e->holder = Value::object({{"template", s.effective["entrypoint"]}});
  e->scope = s.templates.local();
  e->arguments = s.effective["arguments"];
  return e;
}

// HOK-6. True: all that were triggered have ended.
bool Walk::run_workflow_hooks() {
  bool through = true;
  for (const json::Member& member : s.effective["hooks"].members()) {
    if (member.key() == "exit") continue;
    const Value& hook = member.value;
    const std::string name = cat(s.name, ".hooks.", member.key());
    const std::string_view expression = hook["expression"].as_string();
    const auto fail = [&](const std::string& text) {
      mark_error(s.entry->node, text);
      return true;
    };
    if (expression.empty()) return fail(cat("Expression required for hook ", name));
    const auto due = evaluate_bool(expression, s.globals);
    if (!due.ok()) return fail(due.error().message());
    if (!*due && s.nodes.find(name) == kNoNode) continue;
    Exec& e = hook_exec(nullptr, s.hooks, name, 0, 0);
    if (!e.prepared) {
      e.holder = Value::object({{"template", hook["template"]}});
      if (hook["templateRef"].is_object()) e.holder.set("templateRef", hook["templateRef"]);
      e.arguments = hook["arguments"];
    }
    const Outcome out = execute(e);
    if (out.kind != Outcome::Kind::Done) {
      if (out.kind == Outcome::Kind::Refused) return false;
      return fail(out.error);
    }
    s.nodes.add_child(s.nodes.root(), out.node);
    through = through && fulfilled(s.nodes[out.node]);
  }
  return through;
}

// HOK-2, HOK-3. True: there is none, or it has ended.
bool Walk::run_exit_handler(NodeIndex* exit_node) {
  const bool legacy = !s.effective["onExit"].as_string().empty();
  const Value hook = legacy ? Value::object({{"template", s.effective["onExit"]}}) : s.effective["hooks"]["exit"];
  if (hook.is_null()) return true;
  const std::string name = s.name + ".onExit";
  if (s.nodes.find(name) == kNoNode && !s.may_run(true)) return true;
  if (!s.exit_handler) {
    s.exit_handler = std::make_unique<Exec>();
    Exec& e = *s.exit_handler;
    e.name = name;
    e.kind = CallKind::Step;
    e.flag = {true, true, false};
    e.on_exit = true;
    e.scope = s.templates.local();
    exit_call(hook, e.holder, e.arguments);
  }
  const Outcome out = execute(*s.exit_handler);
  if (out.kind != Outcome::Kind::Done) {
    if (out.kind != Outcome::Kind::Refused) {
      mark_workflow("Error", cat("error in exit template execution : ", out.error));
      delete_claims();
    }
    return false;
  }
  *exit_node = out.node;
  return out.node != kNoNode && fulfilled(s.nodes[out.node]);
}

// REC-15, REC-16.
void Walk::conclude(NodeIndex exit_node) {
  const Node& root = s.nodes[s.entry->node];
  const std::string_view phase = workflow_phase(root.phase);
  if (phase == "Succeeded") {
    const bool bad_exit = exit_node != kNoNode && failed_or_error(s.nodes[exit_node].phase);
    if (bad_exit) {
      const std::string message = s.nodes[exit_node].message;
      mark_workflow(s.nodes[exit_node].phase == Phase::Failed ? "Failed" : "Error", message);
    } else {
      mark_workflow("Succeeded", "");
    }
  } else {
    const bool stopped = failed_or_error(root.phase) && s.shutting_down();
    const std::string message = stopped ? cat("Stopped with strategy '", s.shutdown(), "'") : root.message;
    mark_workflow(phase, message);
  }
  if (!s.ended()) return;
  measure_workflow(true);
  delete_claims();
}

bool Walk::finish_hooks_and_exit(const Outcome& entry) {
  if (entry.node == kNoNode) return false;
  const Node& root = s.nodes[entry.node];
  s.globals.set("workflow.status", workflow_phase(root.phase));
  if (fulfilled(root) && (!s.effective["onExit"].as_string().empty() || !s.effective["hooks"].empty())) set_failures();
  const bool hooks_through = s.effective["hooks"].empty() || run_workflow_hooks();
  if (!s.shutting_down()) publish_tasks();
  if (!hooks_through || !fulfilled(s.nodes[entry.node])) return false;
  NodeIndex exit_node = kNoNode;
  const bool exited = run_exit_handler(&exit_node);
  publish_tasks();
  if (!exited) return false;
  conclude(exit_node);
  return true;
}

// CTR-7: the agent's work is the set of unfinished HTTP and Plugin nodes.
void Walk::publish_tasks() {
  Value left = Value::object();
  for (const json::Member& one : s.tasks.members()) {
    const NodeIndex node = s.nodes.find_id(one.key());
    if (node != kNoNode && !fulfilled(s.nodes[node])) left.set(one.key(), one.value);
  }
  if (left.size() == s.tasks.size() && !s.tasks_changed) return;
  s.tasks = left;
  s.tasks_changed = false;
  turn.actions.push_back(SetTasks{left});
  if (!left.empty() && !s.agent_runs) run_agent();
}

void Walk::run_agent() {
  const auto pod = s.builder->build_agent({});
  if (pod.ok()) {
    turn.actions.push_back(RunAgent{*pod});
    s.agent_runs = true;
    return;
  }
  for (const json::Member& one : s.tasks.members()) {
    const NodeIndex node = s.nodes.find_id(one.key());
    if (node == kNoNode || fulfilled(s.nodes[node])) continue;
    mark_error(node, cat("create agent pod failed with reason:\"", pod.error().message(), "\""));
    mark(s, s.exec(node));
  }
}

void Walk::walk_entry() {
  const Outcome out = execute(*s.entry);
  if (out.kind == Outcome::Kind::Refused) return;
  if (out.kind != Outcome::Kind::Done) {  // REC-9
    if (!s.ended()) {
      mark_workflow("Error", cat("error in entry template execution: ", out.error));
      delete_claims();
    }
    return;
  }
  finish_hooks_and_exit(out);
}

// What is due: timers, calls that lacked a variable, hooks, calls that wait for a slot.
void Walk::wake_marked() {
  while (!s.timers.empty() && s.timers.top().at <= now) {
    const NodeIndex node = s.timers.top().node;
    s.timers.pop();
    if (node == kNoNode || phase_fulfilled(s.nodes[node])) continue;
    if (completed(s.nodes[node].phase)) {  // its results never came (POD-21)
      s.nodes.change(node, [](Node& changed) { changed.synced = Synced::Yes; });
    }
    mark(s, s.exec(node));
  }
  for (Exec* e : std::set<Exec*>(std::move(s.postponed))) mark(s, e);
  s.postponed.clear();
  for (Exec* e : s.every_turn) mark(s, e);
  const auto limit = s.effective["parallelism"].as_int();
  if (!s.starved.empty() && (!limit || s.nodes.active_pods() < *limit)) {
    for (Exec* e : std::set<Exec*>(std::move(s.starved))) mark(s, e);
    s.starved.clear();
  }
  mark_lock_waiters();
}

void Walk::run(const Observed& observed) {
  if (s.label("workflows.argoproj.io/completed") == "true") return;
  if (!prepare_spec()) return;
  if (!resolve_repository()) return;
  mark_artifact_gc();
  if (!take_workflow_lock()) return;
  if (s.phase.empty()) {
    first_turn();
    s.deadline = deadline_of(s);
    if (s.deadline) look_again(kNoNode, *s.deadline + std::chrono::nanoseconds(1));
  } else {
    s.deadline = deadline_of(s);
    const bool complete = observe(observed);
    fail_nodes_without_pods();
    if (!complete) {
      turn.requeue = true;
      return;
    }
  }
  if (s.effective["suspend"].as_bool()) return;
  if (!s.builder) {
    podspec::WorkflowFacts facts;
    facts.ns = s.ns;
    facts.name = s.name;
    facts.uid = s.uid;
    facts.spec = s.effective;
    facts.artifact_repository = s.status["artifactRepositoryRef"]["artifactRepository"];
    facts.pod_names = pod_names();
    facts.trace_id = std::string(s.metadata["annotations"]["workflows.argoproj.io/trace-id"].as_string());
    s.builder = std::make_unique<podspec::PodBuilder>(s.world.controller(), std::move(facts));
  }
  create_claims();
  if (stop) return;
  if (s.phase == "Pending") mark_workflow("Running", "");
  if (!s.entry) {
    s.entry = make_entry();
    release_locks_of_ended();
  }
  wake_marked();
  s.marked = false;
  walk_entry();
  if (!s.ended()) measure_workflow(false);
  if (s.marked && !s.ended()) turn.requeue = true;
}

}  // namespace wf::engine
