// SPDX-License-Identifier: Apache-2.0
// The forms of a plan: a tree of text, JSON, Mermaid and DOT.
#include <map>

#include "base/text.h"
#include "cli/plan_tree.h"

namespace wf::cli {
namespace {

json::Value list_of(const std::vector<std::string>& texts) {
  json::Value list = json::Value::array();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

json::Value node_json(const PlanNode& node) {
  json::Value out = json::Value::object({{"name", node.name}, {"template", node.tmpl}, {"type", node.type}});
  if (!node.condition.empty()) out.set("condition", node.condition);
  if (!node.loop.empty()) out.set("forEachOf", node.loop);
  if (!node.note.empty()) out.set("note", node.note);
  if (!node.waits_for.empty()) out.set("waitsFor", list_of(node.waits_for));
  if (node.children.empty()) return out;
  json::Value children = json::Value::array();
  for (const PlanNode& child : node.children) children.push_back(node_json(child));
  out.set("children", std::move(children));
  return out;
}

std::string remarks(const PlanNode& node) {
  std::string out;
  if (!node.loop.empty()) out += cat("  for each of ", node.loop);
  if (!node.condition.empty()) out += cat(node.condition.starts_with("depends: ") ? "  " : "  when ", node.condition);
  if (!node.note.empty()) out += cat("  (", node.note, ")");
  return out;
}

// "after a, b": by the labels of its siblings.
std::string after(const PlanNode& node, const PlanNode& parent) {
  std::string out;
  for (const PlanNode& sibling : parent.children) {
    for (const std::string& name : node.waits_for) {
      if (name == sibling.name) out += cat(out.empty() ? "  after " : ", ", sibling.label);
    }
  }
  return out;
}

void add_text(std::string& out, const PlanNode& node, const std::string& prefix, bool ascii) {
  for (size_t i = 0; i < node.children.size(); ++i) {
    const PlanNode& child = node.children[i];
    const bool last = i + 1 == node.children.size();
    const std::string branch = ascii ? (last ? "`-- " : "|-- ") : (last ? "└── " : "├── ");
    out += cat(prefix, branch, child.label, "  [", child.tmpl.empty() ? "inline" : child.tmpl, child.type.empty() ? "" : ", ", child.type, "]",
               after(child, node), remarks(child), "\n");
    add_text(out, child, prefix + (last ? "    " : ascii ? "|   " : "│   "), ascii);
  }
}

void add_root(std::string& out, const PlanNode& node, bool ascii) {
  out += cat(node.label, "  [", node.tmpl, node.type.empty() ? "" : ", ", node.type, "]", remarks(node), "\n");
  add_text(out, node, "", ascii);
}

// Short names for the graph languages, in the order of the nodes.
class Ids {
 public:
  const std::string& of(const std::string& name) {
    auto [at, added] = ids_.try_emplace(name);
    if (added) at->second = cat("n", ids_.size());
    return at->second;
  }

 private:
  std::map<std::string, std::string> ids_;
};

std::string quoted(std::string_view text) { return cat("\"", replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\""), "\""); }
std::string mermaid_text(std::string_view text) { return cat("\"", replace_all(replace_all(text, "\"", "#quot;"), "\n", " "), "\""); }

void add_mermaid(std::string& out, const PlanNode& node, Ids& ids, const std::string& indent) {
  const std::string& id = ids.of(node.name);
  if (node.children.empty()) {
    const bool waits = node.type == "Suspend";
    out += cat(indent, id, waits ? "([" : node.condition.empty() ? "[" : "{{", mermaid_text(cat(node.label, remarks(node))),
               waits ? "])" : node.condition.empty() ? "]" : "}}", "\n");
  } else {
    out += cat(indent, "subgraph ", id, "[", mermaid_text(cat(node.label, remarks(node))), "]\n");
    for (const PlanNode& child : node.children) add_mermaid(out, child, ids, indent + "  ");
    out += indent + "end\n";
  }
}

void add_edges(std::string& out, const PlanNode& node, Ids& ids, std::string_view arrow, std::string_view end) {
  for (const PlanNode& child : node.children) {
    for (const std::string& name : child.waits_for) out += cat("  ", ids.of(name), arrow, ids.of(child.name), end);
    add_edges(out, child, ids, arrow, end);
  }
}

// DOT has no edges between clusters: they end at a point inside.
void add_dot(std::string& out, const PlanNode& node, Ids& ids, const std::string& indent) {
  const std::string& id = ids.of(node.name);
  if (node.children.empty()) {
    out += cat(indent, id, " [label=", quoted(cat(node.label, remarks(node))), node.condition.empty() ? "" : ", style=dashed", "];\n");
    return;
  }
  out += cat(indent, "subgraph cluster_", id, " {\n", indent, "  label=", quoted(cat(node.label, remarks(node))), ";\n", indent, "  ", id,
             " [shape=point];\n");
  for (const PlanNode& child : node.children) add_dot(out, child, ids, indent + "  ");
  out += indent + "}\n";
}

}  // namespace

std::string plan_text(const Plan& plan, bool ascii) {
  std::string out;
  add_root(out, plan.root, ascii);
  for (const PlanNode& handler : plan.exit_handlers) add_root(out, handler, ascii);
  out += cat("\n", plan.exact ? "" : "about ", plan.pods, plan.pods == 1 ? " pod" : " pods", "; at most ", plan.longest_path.size(), " one after the other");
  for (size_t i = 0; i < plan.longest_path.size(); ++i) out += cat(i == 0 ? ": " : " → ", plan.longest_path[i]);
  return ascii ? replace_all(out, "→", "->") + "\n" : out + "\n";
}

json::Value plan_json(const Plan& plan) {
  json::Value handlers = json::Value::array();
  for (const PlanNode& handler : plan.exit_handlers) handlers.push_back(node_json(handler));
  return json::Value::object({{"workflow", plan.workflow},
                              {"plan", node_json(plan.root)},
                              {"exitHandlers", std::move(handlers)},
                              {"pods", plan.pods},
                              {"exact", plan.exact},
                              {"longestPath", list_of(plan.longest_path)}});
}

std::string plan_mermaid(const Plan& plan) {
  std::string out = "flowchart TD\n";
  Ids ids;
  add_mermaid(out, plan.root, ids, "  ");
  add_edges(out, plan.root, ids, " --> ", "\n");
  for (const PlanNode& handler : plan.exit_handlers) {
    add_mermaid(out, handler, ids, "  ");
    add_edges(out, handler, ids, " --> ", "\n");
    out += cat("  ", ids.of(plan.root.name), " -.-> ", ids.of(handler.name), "\n");
  }
  return out;
}

std::string plan_dot(const Plan& plan) {
  std::string out = cat("digraph ", quoted(plan.workflow), " {\n  node [shape=box];\n");
  Ids ids;
  add_dot(out, plan.root, ids, "  ");
  add_edges(out, plan.root, ids, " -> ", ";\n");
  for (const PlanNode& handler : plan.exit_handlers) {
    add_dot(out, handler, ids, "  ");
    add_edges(out, handler, ids, " -> ", ";\n");
    out += cat("  ", ids.of(plan.root.name), " -> ", ids.of(handler.name), " [style=dotted];\n");
  }
  return out + "}\n";
}

}  // namespace wf::cli
