// SPDX-License-Identifier: Apache-2.0
#include "engine/detail/state.h"

#include <cstdio>

#include "base/hash.h"
#include "base/text.h"
#include "engine/node_json.h"

namespace wf::engine {

using json::Value;

namespace {

constexpr const char* kTyped[] = {"nodes", "phase", "message", "startedAt", "finishedAt", "estimatedDuration", "storedTemplates"};

Time time_from(const Value& text) {
  const auto time = parse_rfc3339(text.as_string());
  return time.ok() ? *time : Time{};
}

}  // namespace

State::State(const Value& workflow, World& the_world)
    : world(the_world),
      ns(workflow["metadata"]["namespace"].as_string()),
      name(workflow["metadata"]["name"].as_string()),
      uid(workflow["metadata"]["uid"].as_string()),
      created_at(time_from(workflow["metadata"]["creationTimestamp"])),
      envelope(workflow),
      metadata(workflow["metadata"]),
      spec(workflow["spec"]),
      status(workflow["status"]),
      phase(status["phase"].as_string()),
      message(status["message"].as_string()),
      started_at(time_from(status["startedAt"])),
      finished_at(time_from(status["finishedAt"])),
      estimated_seconds(status["estimatedDuration"].as_int().value_or(0)),
      nodes(name),
      templates(the_world, ns) {
  templates.stored() = status["storedTemplates"];
  if (!status.is_object()) status = Value::object();
  for (const char* field : kTyped) status.erase(field);
  for (const char* part : {"metadata", "spec", "status"}) envelope.erase(part);
}

void State::set_label(std::string_view key, std::string_view value) {
  Value& labels = metadata.at("labels");
  if (labels[key].as_string() == value && labels.has(key)) return;
  labels.set(key, value);
  header_changed = true;
}

void State::set_annotation(std::string_view key, std::string_view value) {
  Value& annotations = metadata.at("annotations");
  if (annotations[key].as_string() == value && annotations.has(key)) return;
  annotations.set(key, value);
  header_changed = true;
}

void State::set_trace_id() {
  constexpr const char* kKey = "workflows.argoproj.io/trace-id";
  if (metadata["annotations"].has(kKey)) return;
  char trace[40];
  std::snprintf(trace, sizeof trace, "%016llx%016llx", static_cast<unsigned long long>(fnv1a_64(uid)),
                static_cast<unsigned long long>(fnv1a_64(key() + uid)));
  set_annotation(kKey, trace);
}

void State::set_condition(std::string_view type, std::string_view value, std::string_view text) {
  Value condition = Value::object({{"type", type}, {"status", value}});
  if (!text.empty()) condition.set("message", text);
  Value& conditions = status.at("conditions");
  for (size_t i = 0; i < conditions.size(); ++i) {
    if (conditions[i]["type"].as_string() != type) continue;
    if (!(conditions[i] == condition)) {
      conditions.item(i) = condition;
      header_changed = true;
    }
    return;
  }
  conditions.push_back(condition);
  header_changed = true;
}

Value State::to_json(bool with_nodes, bool exact_times) const {
  const Times times = exact_times ? Times::Exact : Times::Seconds;
  Value out = envelope;
  out.set("metadata", metadata);
  out.set("spec", spec);
  Value all = Value::object();
  if (!phase.empty()) all.set("phase", phase);
  all.set("startedAt", is_set(started_at) ? Value(time_text(started_at, times)) : Value());
  all.set("finishedAt", is_set(finished_at) ? Value(time_text(finished_at, times)) : Value());
  if (estimated_seconds > 0) all.set("estimatedDuration", estimated_seconds);
  const Progress progress = nodes.progress();
  if (!phase.empty()) all.set("progress", to_text(progress));
  if (!message.empty()) all.set("message", message);
  for (const json::Member& member : status.members()) {
    if (member.key() != "progress") all.set(member.key(), member.value);
  }
  if (!templates.stored().empty()) all.set("storedTemplates", templates.stored());
  if (with_nodes && nodes.size() > 0) all.set("nodes", nodes_to_json(nodes, times));
  out.set("status", all);
  return out;
}

void mark(State& state, Exec* exec) {
  for (Exec* e = exec; e != nullptr; e = e->parent) {
    e->dirty = true;
    state.marked = true;
    Exec* parent = e->parent;
    if (parent == nullptr) return;
    if (parent->steps) parent->steps->dirty.add(e->place);
    if (parent->dag) {
      parent->dag->dirty.add(e->place);
      const uint32_t task = parent->dag->plan->by_rank[e->place];
      if (!e->is_hook) parent->dag->tasks[task].dirty.add(e->item);
    }
  }
}

}  // namespace wf::engine
