// SPDX-License-Identifier: Apache-2.0
#include "engine/node_json.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"

namespace wf::engine {
namespace {

using json::Value;

Value ids(const NodeTable& table, const std::vector<NodeIndex>& list) {
  Value out = Value::array();
  for (const NodeIndex index : list) out.push_back(table.id(index));
  return out;
}

void set_text(Value& out, std::string_view key, std::string_view text) {
  if (!text.empty()) out.set(key, text);
}

void put_extra(Value& out, const NodeExtra& extra) {
  set_text(out, "podIP", extra.pod_ip);
  if (extra.waiting) {
    Value sync = Value::object();
    set_text(sync, "waiting", extra.waiting_lock);
    out.set("synchronizationStatus", sync);
  }
  if (!extra.memoization.is_null()) out.set("memoizationStatus", extra.memoization);
  if (extra.failed_pod_restarts > 0) out.set("failedPodRestarts", extra.failed_pod_restarts);
  set_text(out, "restartingPodUID", extra.restarting_pod_uid);
}

Time time_from(const Value& text) {
  const auto time = parse_rfc3339(text.as_string());
  return time.ok() ? *time : Time{};
}

void read_extra(const Value& in, std::string_view derived_display_name, Node& node) {
  const auto text = [&](const char* key) { return std::string(in[key].as_string()); };
  if (!text("podIP").empty()) node.more().pod_ip = text("podIP");
  if (in.has("synchronizationStatus")) {
    node.more().waiting = true;
    node.more().waiting_lock = std::string(in["synchronizationStatus"]["waiting"].as_string());
  }
  if (in.has("memoizationStatus")) node.more().memoization = in["memoizationStatus"];
  if (in["failedPodRestarts"].as_int().value_or(0) > 0) {
    node.more().failed_pod_restarts = static_cast<int>(*in["failedPodRestarts"].as_int());
  }
  if (!text("restartingPodUID").empty()) node.more().restarting_pod_uid = text("restartingPodUID");
  if (const std::string shown = text("displayName"); !shown.empty() && shown != derived_display_name) {
    node.more().display_name = shown;
  }
}

Node read_node(const Value& in, Interned& interned) {
  Node node;
  node.name = std::string(in["name"].as_string());
  node.message = std::string(in["message"].as_string());
  node.type = node_type_from(in["type"].as_string());
  node.phase = phase_from(in["phase"].as_string());
  node.template_name = interned.add(in["templateName"].as_string());
  node.template_scope = interned.add(in["templateScope"].as_string());
  node.host_node_name = interned.add(in["hostNodeName"].as_string());
  if (const Value* synced = in.find("taskResultSynced")) node.synced = synced->as_bool() ? Synced::Yes : Synced::No;
  if (const Value* flag = in.find("nodeFlag")) {
    node.flag = {true, (*flag)["hooked"].as_bool(), (*flag)["retried"].as_bool()};
  }
  node.daemoned = in["daemoned"].as_bool();
  node.pod_exists = node.type == NodeType::Pod && node.phase == Phase::Running;
  node.estimated_seconds = static_cast<int32_t>(in["estimatedDuration"].as_int().value_or(0));
  node.progress = progress_from(in["progress"].as_string());
  node.started_at = time_from(in["startedAt"]);
  node.finished_at = time_from(in["finishedAt"]);
  node.template_ref = in["templateRef"];
  node.inputs = in["inputs"];
  node.outputs = in["outputs"];
  node.resources_duration = in["resourcesDuration"];
  node.has_outbound = in.has("outboundNodes");
  return node;
}

}  // namespace

std::string time_text(Time time, Times times) {
  std::string text = to_rfc3339(time);
  const auto fraction = (time - whole_seconds(time)).count();
  if (times == Times::Exact && fraction > 0) {
    char digits[32];
    std::snprintf(digits, sizeof digits, ".%09lldZ", static_cast<long long>(fraction));
    text.replace(text.size() - 1, 1, digits);
  }
  return text;
}

Value node_to_json(const NodeTable& table, NodeIndex index, Times times) {
  const Node& node = table[index];
  Value out = Value::object();
  out.set("id", table.id(index));
  out.set("name", node.name);
  out.set("displayName", node.display_name());
  out.set("type", name_of(node.type));
  set_text(out, "templateName", table.interned.at(node.template_name));
  if (!node.template_ref.is_null()) out.set("templateRef", node.template_ref);
  set_text(out, "templateScope", table.interned.at(node.template_scope));
  set_text(out, "phase", name_of(node.phase));
  if (node.boundary != kNoNode) out.set("boundaryID", table.id(node.boundary));
  set_text(out, "message", node.message);
  out.set("startedAt", is_set(node.started_at) ? Value(time_text(node.started_at, times)) : Value());
  out.set("finishedAt", is_set(node.finished_at) ? Value(time_text(node.finished_at, times)) : Value());
  if (node.estimated_seconds > 0) out.set("estimatedDuration", node.estimated_seconds);
  if (node.progress != Progress{}) out.set("progress", to_text(node.progress));
  if (!node.resources_duration.is_null()) out.set("resourcesDuration", node.resources_duration);
  if (node.daemoned) out.set("daemoned", true);
  if (node.flag.present) {
    Value flag = Value::object();
    if (node.flag.hooked) flag.set("hooked", true);
    if (node.flag.retried) flag.set("retried", true);
    out.set("nodeFlag", flag);
  }
  if (node.synced != Synced::Absent) out.set("taskResultSynced", node.synced == Synced::Yes);
  if (!node.inputs.is_null()) out.set("inputs", node.inputs);
  if (!node.outputs.is_null()) out.set("outputs", node.outputs);
  Value children = ids(table, node.children);
  if (node.extra) {
    for (const std::string& name : node.extra->expected) children.push_back(table.id_of_name(name));
  }
  if (!children.empty()) out.set("children", children);
  if (node.has_outbound && !node.outbound.empty()) out.set("outboundNodes", ids(table, node.outbound));
  set_text(out, "hostNodeName", table.interned.at(node.host_node_name));
  if (node.extra) put_extra(out, *node.extra);
  return out;
}

Value nodes_to_json(const NodeTable& table, Times times) {
  Value out = Value::object();
  for (NodeIndex i = 0; i < table.size(); ++i) out.set(table.id(i), node_to_json(table, i, times));
  return out;
}

Result<void> nodes_from_json(const Value& nodes, NodeTable& table) {
  std::unordered_map<std::string_view, std::string_view> boundary_names;
  for (const json::Member& member : nodes.members()) boundary_names[member.key()] = member.value["name"].as_string();
  std::vector<std::pair<NodeIndex, const Value*>> read;
  for (const json::Member& member : nodes.members()) {
    Node node = read_node(member.value, table.interned);
    if (node.name.empty()) return Error(cat("node '", member.key(), "' has no name"));
    if (table.find(node.name) != kNoNode) return Error(cat("node name '", node.name, "' stands twice in status.nodes"));
    const size_t dash = member.key().rfind('-');
    if (dash != std::string_view::npos) {
      node.id_number = static_cast<uint32_t>(std::strtoul(std::string(member.key().substr(dash + 1)).c_str(), nullptr, 10));
    }
    const auto boundary = boundary_names.find(member.value["boundaryID"].as_string());
    if (boundary != boundary_names.end() && node.name.starts_with(boundary->second)) {
      node.display_from = static_cast<uint32_t>(boundary->second.size());
      const std::string_view rest = std::string_view(node.name).substr(node.display_from);
      const size_t close = rest.starts_with("[") ? rest.find("].") : std::string_view::npos;
      if (rest.starts_with(".")) node.display_from += 1;
      if (close != std::string_view::npos) node.display_from += static_cast<uint32_t>(close + 2);
    }
    read_extra(member.value, std::string_view(node.name).substr(node.display_from), node);
    read.emplace_back(table.add(std::move(node)), &member.value);
  }
  for (const auto& [index, value] : read) {
    const NodeIndex boundary = table.find_id((*value)["boundaryID"].as_string());
    if (boundary != kNoNode) table.change_boundary(index, boundary);
    for (const Value& child : (*value)["children"].items()) {
      const NodeIndex found = table.find_id(child.as_string());
      if (found != kNoNode) table.add_child(index, found);
    }
    for (const Value& out : (*value)["outboundNodes"].items()) {
      const NodeIndex found = table.find_id(out.as_string());
      if (found != kNoNode) table[index].outbound.push_back(found);
    }
  }
  (void)table.take_changed();
  return {};
}

}  // namespace wf::engine
