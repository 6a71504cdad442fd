// SPDX-License-Identifier: Apache-2.0
// `argo resubmit`: a new workflow from an old one, with what succeeded there if so wished (RSB-1 to
// RSB-5). Linear in nodes and edges.
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "engine/operations.h"
#include "spec/names.h"

namespace wf::engine {
namespace {

bool failed_or_error(const Value& node) {
  return node["phase"].as_string() == "Failed" || node["phase"].as_string() == "Error";
}

bool is_left_behind(std::string_view label) {
  for (const std::string_view name : {"creator", "creator-email", "creator-preferred-username", "phase", "completed",
                                      "workflow-archiving-status"}) {
    if (label == cat("workflows.argoproj.io/", name)) return true;
  }
  return false;
}

// RSB-1.
Result<Value> new_workflow(const Value& old, const std::vector<std::string>& parameters) {
  const Value& before = old["metadata"];
  Value metadata = Value::object();
  const std::string_view prefix = before["generateName"].as_string();
  metadata.set("generateName", prefix.empty() ? cat(before["name"].as_string(), "-") : std::string(prefix));
  if (before.has("namespace")) metadata.set("namespace", before["namespace"]);
  Value labels = Value::object();
  for (const json::Member& label : before["labels"].members()) {
    if (!is_left_behind(label.key())) labels.set(label.key(), label.value);
  }
  labels.set("workflows.argoproj.io/resubmitted-from-workflow", before["name"]);
  labels.sort_keys();
  metadata.set("labels", labels);
  if (!before["annotations"].empty()) metadata.set("annotations", before["annotations"]);
  if (!before["ownerReferences"].empty()) metadata.set("ownerReferences", before["ownerReferences"]);

  Value spec = old["spec"];
  spec.erase("shutdown");
  if (spec["activeDeadlineSeconds"].as_int() == 0) spec.erase("activeDeadlineSeconds");
  if (!parameters.empty()) {
    TRY(Value arguments, override_parameters(spec["arguments"], parameters));
    spec.set("arguments", std::move(arguments));
  }
  Value out = Value::object();
  for (const char* field : {"apiVersion", "kind"}) {
    if (old.has(field)) out.set(field, old[field]);
  }
  out.set("metadata", std::move(metadata));
  out.set("spec", std::move(spec));
  return out;
}

// The old nodes under the new workflow's name (RSB-4).
class Renamed {
 public:
  Renamed(const Value& old, std::string_view new_name)
      : nodes_(old["status"]["nodes"]), old_name_(old["metadata"]["name"].as_string()), new_name_(new_name) {
    find_ancestors_of_success();
  }

  Value nodes(Time now) const {
    const std::string on_exit = cat(old_name_, ".onExit");
    Value out = Value::object();
    for (const json::Member& member : nodes_.members()) {
      const Value& node = member.value;
      if (node["name"].as_string().starts_with(on_exit)) continue;
      const bool pod = node["type"].as_string() == "Pod";
      const bool kept_pod = pod && !failed_or_error(node);
      if (!kept_pod && node["type"].as_string() == "Skipped" && !above_success_.contains(member.key())) continue;
      Value renamed = with_new_ids(node);
      set_times(renamed, pod && failed_or_error(node) ? Time{} : now);
      if (kept_pod) {
        renamed.set("type", "Skipped");
        renamed.set("message", cat("original pod: ", member.key()));
      } else {
        renamed.erase("message");
      }
      renamed.set("phase", kept_pod ? "Skipped" : "Pending");
      const std::string id(renamed["id"].as_string());
      out.set(id, std::move(renamed));
    }
    return out;
  }

 private:
  std::string new_name_of(std::string_view name) const {
    return name.starts_with(old_name_) ? cat(new_name_, name.substr(old_name_.size())) : std::string(name);
  }
  std::string new_id_of(std::string_view old_id) const {
    return spec::node_id(new_name_, new_name_of(nodes_[old_id]["name"].as_string()));
  }

  Value with_new_ids(const Value& node) const {
    Value out = node;
    const std::string name = new_name_of(node["name"].as_string());
    out.set("id", spec::node_id(new_name_, name));
    out.set("name", name);
    if (!node["boundaryID"].as_string().empty()) out.set("boundaryID", new_id_of(node["boundaryID"].as_string()));
    for (const char* field : {"children", "outboundNodes"}) {
      if (!node.has(field)) continue;
      Value ids = Value::array();
      for (const Value& id : node[field].items()) ids.push_back(new_id_of(id.as_string()));
      out.set(field, std::move(ids));
    }
    return out;
  }

  static void set_times(Value& node, Time time) {
    for (const char* field : {"startedAt", "finishedAt"}) {
      if (is_set(time)) {
        node.set(field, to_rfc3339(time));
      } else {
        node.erase(field);
      }
    }
  }

  void find_ancestors_of_success() {
    std::unordered_map<std::string_view, std::vector<std::string_view>> parents;
    std::vector<std::string_view> open;
    for (const json::Member& member : nodes_.members()) {
      for (const Value& child : member.value["children"].items()) parents[child.as_string()].push_back(member.key());
      if (member.value["phase"].as_string() == "Succeeded") open.push_back(member.key());
    }
    while (!open.empty()) {
      const auto found = parents.find(open.back());
      open.pop_back();
      if (found == parents.end()) continue;
      for (const std::string_view parent : found->second) {
        if (above_success_.insert(parent).second) open.push_back(parent);
      }
    }
  }

  const Value& nodes_;
  std::string_view old_name_;
  std::string_view new_name_;
  std::unordered_set<std::string_view> above_success_;
};

}  // namespace

Result<Value> resubmit(const Value& workflow, const ResubmitOptions& options, Time now) {
  const std::string_view phase = workflow["status"]["phase"].as_string();
  if (options.memoized && phase != "Failed" && phase != "Error") {  // RSB-3
    return Error("workflow must be Failed/Error to resubmit in memoized mode");
  }
  TRY(Value out, new_workflow(workflow, options.parameters));
  if (!options.memoized) return out;
  const std::string name = cat(out["metadata"]["generateName"].as_string(), options.name_suffix);
  out.at("metadata").set("name", name);
  Value status = Value::object();
  status.set("nodes", Renamed(workflow, name).nodes(now));
  if (!workflow["status"]["storedTemplates"].empty()) status.set("storedTemplates", workflow["status"]["storedTemplates"]);
  status.set("conditions", Value::array({Value::object({{"type", "Completed"}, {"status", "False"}})}));  // RSB-5
  out.set("status", std::move(status));
  return out;
}

}  // namespace wf::engine
