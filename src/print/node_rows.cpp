// SPDX-License-Identifier: Apache-2.0
#include "print/node_rows.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "expr/duration.h"
#include "print/fields.h"
#include "spec/names.h"

namespace wf::print {
namespace {

constexpr int kDepthMax = 5'000;

struct Branch {
  std::string_view utf8, ascii;
};
constexpr Branch kOnly{"──", "--"}, kFirst{"┬─", "+-"}, kLast{"└─", "`-"}, kMiddle{"├─", "|-"};
constexpr Branch kLine{"│ ", "| "}, kBlank{"  ", "  "}, kNone{"", ""};

bool is_active_suspend(const json::Value& node) {
  return node["type"].as_string() == "Suspend" && node["phase"].as_string() == "Running";
}

std::string template_cell(const json::Value& node) {
  const json::Value& reference = node["templateRef"];
  if (!reference.is_object()) return std::string(node["templateName"].as_string());
  return cat(reference["name"].as_string(), "/", reference["template"].as_string());
}

std::string artifacts_cell(const json::Value& node) {
  std::vector<std::string> names;
  for (const json::Value& artifact : node["outputs"]["artifacts"].items()) names.emplace_back(artifact["name"].as_string());
  return join(names, ",");
}

std::string heading(const GetOptions& options) {
  const std::string step = coloured("STEP", Colour::Default, options.style);
  switch (options.output) {
    case GetOptions::Output::Wide:
      return cat(step, "\tTEMPLATE\tPODNAME\tDURATION\tARTIFACTS\tMESSAGE\tRESOURCESDURATION\tNODENAME\n");
    case GetOptions::Output::Short: return cat(step, "\tTEMPLATE\tPODNAME\tDURATION\tMESSAGE\tNODENAME\n");
    case GetOptions::Output::Normal: break;
  }
  return cat(step, "\tTEMPLATE\tPODNAME\tDURATION\tMESSAGE\n");
}

}  // namespace

NodeRows::NodeRows(const json::Value& workflow, const NodeTree& tree, const GetOptions& options, Time now)
    : workflow_(workflow), tree_(tree), options_(options), now_(now), text_(heading(options)) {}

void NodeRows::add_tree(const std::string& root) { add(root, {" ", " "}, 0); }

NodeRows::Shown NodeRows::how_shown(const json::Value& node) const {
  const auto type = node["type"].as_string();
  if (type == "Retry" && node["children"].size() == 1) return {true, false};
  if (type == "StepGroup") return {true, true};
  if (type == "Skipped" && node["phase"].as_string() == "Omitted") return {true, false};
  return {!matches_node(options_.nodes, node), false};
}

void NodeRows::add(const std::string& id, const Prefix& prefix, int depth) {
  if (depth > kDepthMax) return;
  const json::Value& node = tree_.node(id);
  const Shown shown = how_shown(node);
  if (!shown.hidden) add_row(node, prefix.own);
  const auto& children = tree_.children(id);
  for (size_t i = 0; i < children.size(); ++i) {
    add(children[i], child_prefix(prefix, shown, {i, children.size()}), depth + 1);
  }
}

NodeRows::Prefix NodeRows::child_prefix(const Prefix& parent, const Shown& shown, const Place& place) const {
  const bool first = place.index == 0, last = place.index + 1 == place.count;
  Branch part = kNone, line = kNone;
  if (!shown.hidden || shown.grouped) {
    part = last ? kLast : kMiddle;
    line = last ? kBlank : kLine;
    if (shown.hidden && first) part = last ? kOnly : kFirst;
  }
  const auto drawn = [this](const Branch& branch) { return options_.style.ascii ? branch.ascii : branch.utf8; };
  // The first child of a hidden node stands where that would have stood.
  const std::string& before = shown.hidden && first ? parent.own : parent.below;
  return {cat(before, drawn(part)), cat(parent.below, drawn(line))};
}

std::string NodeRows::name_cell(const json::Value& node) const {
  const std::string sign =
      is_active_suspend(node) ? suspended_sign(options_.style) : phase_sign(node["phase"].as_string(), options_.style);
  return cat(sign, " ", node["displayName"].as_string());
}

void NodeRows::add_row(const json::Value& node, std::string_view prefix) {
  const bool pod = node["type"].as_string() == "Pod";
  const auto message = node["message"].as_string();
  const auto host = pod ? node["hostNodeName"].as_string() : std::string_view();
  std::string duration;
  if (pod) duration = expr::humanize_short(elapsed(node["startedAt"].as_string(), node["finishedAt"].as_string(), now_));
  text_ += cat(prefix, name_cell(node), "\t", template_cell(node), "\t", pod ? spec::pod_name_of(workflow_, node) : std::string(), "\t",
               duration, "\t");
  switch (options_.output) {
    case GetOptions::Output::Wide:
      text_ += cat(artifacts_cell(node), "\t", message, "\t", resources_text(node["resourcesDuration"]), "\t", host, "\n");
      break;
    case GetOptions::Output::Short: text_ += cat(message, "\t", host, "\n"); break;
    case GetOptions::Output::Normal: text_ += cat(message, "\t\n"); break;
  }
}

std::string resources_text(const json::Value& amounts) {
  std::vector<std::string> parts;
  for (const json::Member& amount : amounts.members()) {
    const auto resource = amount.key();
    const std::string_view unit = resource == "memory"                                             ? "100Mi"
                                  : resource == "storage" || resource == "ephemeral-storage" ? "10Gi"
                                                                                                   : "1";
    const auto seconds = std::chrono::seconds(amount.value.as_int().value_or(0));
    parts.push_back(cat(expr::to_text(seconds), "*(", unit, " ", resource, ")"));
  }
  std::sort(parts.begin(), parts.end());
  return join(parts, ",");
}

bool is_suspended(const json::Value& workflow) {
  if (workflow["spec"]["suspend"].as_bool()) return true;
  const auto nodes = workflow["status"]["nodes"].members();
  return std::any_of(nodes.begin(), nodes.end(), [](const json::Member& member) { return is_active_suspend(member.value); });
}

}  // namespace wf::print
