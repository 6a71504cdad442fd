// SPDX-License-Identifier: Apache-2.0
#include "simulate/scripted_pods.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"

namespace wf::simulate {
namespace {

using engine::ContainerSeen;
using engine::PodSeen;
using json::Value;
using State = ContainerSeen::State;

constexpr Duration kStartDelay = std::chrono::milliseconds(50);     // nothing starts at once
constexpr Duration kKubeletDelay = std::chrono::milliseconds(100);  // it sees a deadline a little after it has passed
constexpr int kKilled = 137;

std::string key_of(const std::string& ns, const std::string& pod) { return ns + "/" + pod; }

bool stays_pending(std::string_view reason) {
  return reason == "ImagePullBackOff" || reason == "ErrImagePull" || reason == "Unschedulable" || reason == "InvalidImageName";
}
bool of_whole_pod(std::string_view reason) {
  return reason == "Evicted" || reason == "NodeShutdown" || reason == "DeadlineExceeded" || reason == "NodeAffinity" ||
         reason == "UnexpectedAdmissionError";
}
bool is_set_member(const Value& tmpl, std::string_view container) {
  for (const Value& one : tmpl["containerSet"]["containers"].items()) {
    if (one["name"].as_string() == container) return true;
  }
  return !tmpl.has("containerSet") && container == "main";
}

int exit_code_of(const PodRule& rule, std::string_view container) {
  const auto at = rule.containers.find(std::string(container));
  if (at != rule.containers.end()) return at->second;
  return container == "main" ? rule.exit_code : 0;
}

bool captures_result(const Value& pod) {
  for (const Value& container : pod["spec"]["containers"].items()) {
    for (const Value& env : container["env"].items()) {
      if (env["name"].as_string() == "ARGO_INCLUDE_SCRIPT_OUTPUT") return env["value"].as_string() == "true";
    }
  }
  return false;
}

constexpr std::pair<const char*, const char*> kStores[] = {{"s3", "key"}, {"gcs", "key"}, {"oss", "key"}, {"azure", "blob"},
                                                           {"hdfs", "path"}, {"artifactory", "url"}, {"plugin", "key"}};

// Where the executor puts an artifact that has no place of its own: below the archive location (OUT-17).
Value placed(const Value& artifact, const Value& archive_location, std::string_view file) {
  for (const auto& [kind, field] : kStores) {
    if (artifact[kind].is_object()) return artifact;
  }
  for (const char* kind : {"git", "http", "raw"}) {
    if (artifact[kind].is_object()) return artifact;
  }
  for (const auto& [kind, field] : kStores) {
    if (!archive_location[kind].is_object()) continue;
    Value out = artifact;
    out.set(kind, Value::object({{field, cat(archive_location[kind][field].as_string(), "/", file)}}));
    return out;
  }
  return artifact;
}

std::string file_of(const Value& artifact) {
  std::string_view path = artifact["path"].as_string();
  while (path.size() > 1 && path.ends_with("/")) path.remove_suffix(1);
  const std::string base(path.substr(path.rfind('/') + 1));
  const std::string_view name = artifact["name"].as_string();
  if (artifact["archive"]["none"].is_object()) return base;
  if (artifact["archive"]["zip"].is_object()) return cat(name, ".zip");
  return cat(name, ".tgz");
}

}  // namespace

PodRule ScriptedPods::rule_for(const engine::PodRequest& request) {
  const std::string_view tmpl = request.tmpl["name"].as_string();
  for (size_t i = 0; i < rules_.size(); ++i) {
    const PodRule& rule = rules_[i];
    if (!rule.node.empty() && !glob_match(rule.node, request.node_name)) continue;
    if (!rule.tmpl.empty() && !glob_match(rule.tmpl, tmpl)) continue;
    if (rule.times >= 0 && used_[i] >= rule.times) continue;
    ++used_[i];
    return rule;
  }
  return {};
}

void ScriptedPods::schedule(const std::string& key, const Pod& pod, Time at, Change change) {
  due_.insert({at, ++sequence_, key, pod.uid, change});
}

void ScriptedPods::create(const engine::PodRequest& request, Time now) {
  const std::string key = key_of(request.ns, request.name);
  if (pods_.contains(key)) return;
  Pod pod;
  pod.request = request;
  pod.rule = rule_for(request);
  char uid[40];
  std::snprintf(uid, sizeof uid, "00000000-0000-4000-8000-%012llx", static_cast<unsigned long long>(++uids_));
  pod.uid = uid;
  pod.created_at = now;
  if (keep_created_) created_.push_back(request.pod);
  schedule(key, pod, now, Change::Show);
  pods_.emplace(key, std::move(pod));
}

void ScriptedPods::terminate(const std::string& ns, const std::string& name, Time now) {
  const auto at = pods_.find(key_of(ns, name));
  if (at == pods_.end() || (at->second.stage != Stage::Created && at->second.stage != Stage::Pending)) return;
  schedule(at->first, at->second, now, Change::Vanish);
}

bool ScriptedPods::remove(const std::string& ns, const std::string& pod) { return pods_.erase(key_of(ns, pod)) > 0; }

bool ScriptedPods::exists(const std::string& ns, const std::string& pod) const { return pods_.contains(key_of(ns, pod)); }

std::optional<Time> ScriptedPods::next() const {
  return due_.empty() ? std::nullopt : std::optional(due_.begin()->at);
}

void ScriptedPods::fill_ended(const Pod& pod, PodSeen& out) const {
  const Value& spec = pod.request.pod["spec"];
  const Value& tmpl = pod.request.tmpl;
  const PodRule& rule = pod.rule;
  const bool whole = of_whole_pod(rule.reason) || pod.deadline_hit;
  bool failed = whole, init_failed = false;
  const auto terminated = [&](std::string name, int code) {
    ContainerSeen c;
    c.name = std::move(name);
    c.state = State::Terminated;
    c.exit_code = code;
    c.reason = code == 0 ? "Completed" : "Error";
    c.started_at = pod.started_at;
    c.finished_at = pod.ended_at;
    failed = failed || code != 0;
    return c;
  };
  for (const Value& container : spec["initContainers"].items()) {
    const std::string name(container["name"].as_string());
    if (init_failed) {
      ContainerSeen waiting;
      waiting.name = name;
      waiting.reason = "PodInitializing";
      out.init_containers.push_back(waiting);
      continue;
    }
    out.init_containers.push_back(terminated(name, exit_code_of(rule, name)));
    init_failed = out.init_containers.back().exit_code != 0;
  }
  for (const Value& container : spec["containers"].items()) {
    const std::string name(container["name"].as_string());
    if (init_failed) {
      ContainerSeen waiting;
      waiting.name = name;
      waiting.reason = "PodInitializing";
      out.containers.push_back(waiting);
      continue;
    }
    const bool is_main = is_set_member(tmpl, name);
    int code = exit_code_of(rule, name);
    if (whole) code = kKilled;
    ContainerSeen c = terminated(name, code);
    if (is_main && name == "main" && !whole && code != 0) {
      if (!rule.reason.empty()) c.reason = rule.reason;
      c.message = rule.message;
    }
    out.containers.push_back(c);
  }
  out.phase = failed ? "Failed" : "Succeeded";
  if (pod.deadline_hit) {
    out.reason = "DeadlineExceeded";
    out.message = "Pod was active on the node longer than the specified deadline";
  } else if (whole) {
    out.reason = rule.reason;
    out.message = rule.message;
  }
}

PodSeen ScriptedPods::seen(const Pod& pod) const {
  PodSeen out;
  out.ns = pod.request.ns;
  out.name = pod.request.name;
  out.uid = pod.uid;
  out.workflow = pod.request.workflow;
  out.node_id = pod.request.node_id;
  out.created_at = pod.created_at;
  if (pod.stage != Stage::Created && pod.rule.reason != "Unschedulable") out.host_node_name = "fake-node";
  out.spec = pod.request.pod["spec"];
  if (pod.stage == Stage::Created || pod.stage == Stage::Pending) {
    out.phase = "Pending";
    if (pod.rule.reason == "Unschedulable") {
      out.reason = "Unschedulable";
      out.unschedulable = pod.rule.message;
    } else if (stays_pending(pod.rule.reason)) {
      ContainerSeen main;
      main.name = "main";
      main.reason = pod.rule.reason;
      main.message = pod.rule.message;
      out.containers.push_back(main);
    }
    return out;
  }
  out.pod_ip = pod.rule.pod_ip;
  if (pod.stage == Stage::Ended) {
    fill_ended(pod, out);
    return out;
  }
  out.phase = "Running";
  for (const Value& container : out.spec["containers"].items()) {
    ContainerSeen c;
    c.name = std::string(container["name"].as_string());
    c.state = State::Running;
    c.ready = pod.rule.ready;
    c.started_at = pod.started_at;
    out.containers.push_back(c);
  }
  return out;
}

engine::TaskResult ScriptedPods::result(const Pod& pod) const {
  engine::TaskResult out;
  out.node_id = pod.request.node_id;
  out.complete = true;
  const PodRule& rule = pod.rule;
  const Value& tmpl = pod.request.tmpl;
  PodSeen end;
  fill_ended(pod, end);
  bool main_failed = end.phase == "Failed" && (of_whole_pod(rule.reason) || pod.deadline_hit);
  for (const ContainerSeen& c : end.containers) {
    if (is_set_member(tmpl, c.name) && (c.state != State::Terminated || c.exit_code != 0)) main_failed = true;
    if (c.state == State::Waiting) return out;  // it never ran
  }
  Value outputs = Value::object();
  for (const Value& declared : tmpl["outputs"]["parameters"].items()) {
    const Value& from = declared["valueFrom"];
    if (!from.has("path") && !from.has("jsonPath") && !from.has("jqFilter")) continue;
    const std::string name(declared["name"].as_string());
    const auto named = rule.parameters.find(name);
    std::string value;
    if (named != rule.parameters.end()) value = named->second;
    else if (from.has("default")) value = std::string(from["default"].as_string());
    else if (main_failed) continue;
    else value = name + "-value";
    Value parameter = declared;
    parameter.set("value", value);
    outputs.at("parameters").push_back(parameter);
  }
  const Value& location = tmpl["archiveLocation"];
  for (const Value& declared : tmpl["outputs"]["artifacts"].items()) {
    const auto named = rule.artifacts.find(std::string(declared["name"].as_string()));
    if (main_failed || (named != rule.artifacts.end() && named->second == "missing")) continue;
    Value artifact = placed(declared, location, file_of(declared));
    outputs.at("artifacts").push_back(artifact);
  }
  if (location["archiveLogs"].as_bool()) {
    for (const ContainerSeen& c : end.containers) {
      if (!is_set_member(tmpl, c.name)) continue;
      const Value log = Value::object({{"name", c.name + "-logs"}});
      outputs.at("artifacts").push_back(placed(log, location, c.name + ".log"));
    }
  }
  if (captures_result(pod.request.pod)) {
    outputs.set("result", rule.result ? *rule.result : cat("result of ", tmpl["name"].as_string()));
  }
  if (!outputs.empty()) out.outputs = outputs;
  return out;
}

std::optional<ScriptedPods::Event> ScriptedPods::step(Time now) {
  while (!due_.empty() && due_.begin()->at <= now) {
    const Due due = *due_.begin();
    due_.erase(due_.begin());
    const auto found = pods_.find(due.key);
    if (found == pods_.end() || found->second.uid != due.uid) continue;
    Pod& pod = found->second;
    Event event;
    event.ns = pod.request.ns;
    event.workflow = pod.request.workflow;
    event.node_id = pod.request.node_id;
    event.node_name = pod.request.node_name;
    switch (due.change) {
      case Change::Show:
        pod.stage = Stage::Pending;
        order_.push_back(pod.request.node_name);
        if (!stays_pending(pod.rule.reason)) schedule(due.key, pod, now + pod.rule.pending + kStartDelay, Change::Run);
        break;
      case Change::Run: {
        if (pod.stage != Stage::Pending) continue;
        pod.stage = Stage::Running;
        pod.started_at = now;
        event.result.node_id = event.node_id;  // the executor announces its report before it has one
        event.has_result = true;
        if (!pod.rule.progress.empty()) schedule(due.key, pod, now, Change::Progress);
        const bool daemon = pod.request.tmpl["daemon"].as_bool();
        const auto deadline = pod.request.pod["spec"]["activeDeadlineSeconds"].as_int();
        const Duration lasts = pod.rule.duration.value_or(Duration{});
        if (pod.rule.reason == "Deleted") schedule(due.key, pod, now + lasts, Change::Vanish);
        else if (deadline && (daemon ? !pod.rule.duration : lasts > std::chrono::seconds(*deadline))) schedule(due.key, pod, now + std::chrono::seconds(*deadline) + kKubeletDelay, Change::Deadline);
        else if (!daemon || pod.rule.duration) schedule(due.key, pod, now + lasts, Change::End);
        break;
      }
      case Change::Progress:
        if (pod.stage != Stage::Running) continue;
        event.result.node_id = event.node_id;
        event.result.progress = pod.rule.progress;
        event.has_result = true;
        break;
      case Change::End: case Change::Deadline:
        if (pod.stage != Stage::Running) continue;
        pod.deadline_hit = due.change == Change::Deadline;
        pod.stage = Stage::Ended;
        pod.ended_at = now;
        event.result = result(pod);
        event.has_result = true;
        break;
      case Change::Vanish:
        pods_.erase(found);
        event.gone = true;
        return event;
    }
    event.seen = seen(pod);
    return event;
  }
  return std::nullopt;
}

std::vector<PodSeen> ScriptedPods::present(const std::string& ns, const std::string& workflow) const {
  std::vector<PodSeen> out;
  for (const auto& [key, pod] : pods_) {
    if (pod.request.ns == ns && pod.request.workflow == workflow && pod.stage != Stage::Created) out.push_back(seen(pod));
  }
  return out;
}

}  // namespace wf::simulate
