// SPDX-License-Identifier: Apache-2.0
#include "validate/detail/variables.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "json/pointer.h"
#include "json/text.h"
#include "spec/nearest.h"

namespace wf::validate::detail {
namespace {

using json::Value;

bool starts(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Only tags that begin so are checked.
bool checked(std::string_view tag) {
  static constexpr std::array<std::string_view, 7> kRoots{
      "item.", "steps.", "inputs.", "outputs.", "pod.", "workflow.", "tasks."};
  return std::any_of(kRoots.begin(), kRoots.end(),
                     [&](std::string_view root) { return starts(tag, root); });
}

// Known at run time only; anything that begins so is accepted.
bool left_to_run_time(std::string_view tag) {
  static constexpr std::array<std::string_view, 7> kPrefixes{"outputs.",
                                                             "workflow.creationTimestamp",
                                                             "workflow.scheduledTime",
                                                             "workflow.duration",
                                                             "tasks.name",
                                                             "steps.name",
                                                             "node.name"};
  return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](std::string_view prefix) { return starts(tag, prefix); });
}

// Calls `use` with each tag of a text that is no expression.
template <class Use>
Result<void> each_simple_tag(std::string_view text, Use use) {
  for (size_t from = 0;;) {
    const size_t open = text.find("{{", from);
    if (open == std::string_view::npos) return {};
    const size_t close = text.find("}}", open + 2);
    if (close == std::string_view::npos) {
      return Error(cat("Cannot find end tag=\"}}\" in the template=", go_quote(text),
                       " starting from ", go_quote(text.substr(open + 2))));
    }
    const std::string_view tag = text.substr(open + 2, close - open - 2);
    if (tag.empty() || tag[0] != '=') use(tag);
    from = close + 2;
  }
}

const Value* by_name(const Value& list, std::string_view name) {
  for (const Value& item : list.items()) {
    if (item["name"].as_string() == name) return &item;
  }
  return nullptr;
}

// Whether the template's outputs.result is kept (VAL-18).
bool has_result(const Value& tmpl) {
  for (const char* field : {"container", "script", "data", "http", "plugin"}) {
    if (tmpl.has(field)) return true;
  }
  return by_name(tmpl["containerSet"]["containers"], "main") != nullptr;
}

bool outputs_know(const NodeOutputs& node, std::string_view what) {
  if (what == "id" || what == "startedAt" || what == "finishedAt" || what == "hostNodeName")
    return true;
  const Value& tmpl = node.tmpl;
  if (!tmpl.is_object()) return false;
  if (what == "ip") return tmpl["daemon"].as_bool();
  if (what == "outputs.result" || what == "exitCode") {
    return has_result(tmpl) || (node.aggregate && (tmpl.has("script") || tmpl.has("containerSet")));
  }
  if (what == "outputs.parameters") return node.aggregate;
  static constexpr std::string_view kParameters = "outputs.parameters.",
                                    kArtifacts = "outputs.artifacts.";
  if (starts(what, kParameters))
    return by_name(tmpl["outputs"]["parameters"], what.substr(kParameters.size())) != nullptr;
  if (starts(what, kArtifacts))
    return by_name(tmpl["outputs"]["artifacts"], what.substr(kArtifacts.size())) != nullptr;
  return false;
}

bool find_tag(const Value& node, std::string_view quoted, std::string& path) {
  if (node.is_string()) return json::print(node).find(quoted) != std::string::npos;
  const size_t length = path.size();
  size_t index = 0;
  for (const Value& item : node.items()) {
    path.append(cat("/", index++));
    if (find_tag(item, quoted, path)) return true;
    path.resize(length);
  }
  for (const json::Member& member : node.members()) {
    path.append(cat("/", json::escaped_part(member.key())));
    if (find_tag(member.name, quoted, path) || find_tag(member.value, quoted, path)) return true;
    path.resize(length);
  }
  return false;
}

}  // namespace

std::string Placeholders::next() { return cat(expr::kPlaceholder, count_++); }

std::string Placeholders::without(std::string_view text) {
  std::string out;
  while (true) {
    const size_t at = text.find(expr::kPlaceholder);
    if (at == std::string_view::npos) break;
    size_t end = at + expr::kPlaceholder.size();
    const size_t digits = end;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    out.append(text.substr(0, at));
    out.append(end > digits ? std::string_view("x") : text.substr(at, end - at));
    text.remove_prefix(end);
  }
  return out.append(text);
}

// {{a.b.c}}: segments of letters, digits, - and, after the first, _.
bool holds_parameter(std::string_view text) {
  for (size_t open = text.find("{{"); open != std::string_view::npos;
       open = text.find("{{", open + 1)) {
    size_t at = open + 2;
    bool first = true;
    while (true) {
      const size_t from = at;
      while (at < text.size() &&
             (letter_or_digit(text[at]) || text[at] == '-' || (!first && text[at] == '_')))
        ++at;
      if (at == from) break;
      if (text.substr(at, 2) == "}}") return true;
      if (at >= text.size() || text[at] != '.') break;
      ++at;
      first = false;
    }
  }
  return false;
}

NodeOutputs& Variables::node(std::string_view kind, std::string_view name) {
  return nodes_[cat(kind, ".", name)];
}

void Variables::add_outputs(std::string_view kind, std::string_view name, const Value& tmpl,
                            bool aggregate, Placeholders& placeholders) {
  NodeOutputs& node = this->node(kind, name);
  node.outputs = true;
  if (!tmpl.is_object()) return;
  node.tmpl = tmpl;
  node.aggregate = node.aggregate || aggregate;
  const auto make_global = [&](const char* list, bool& any) {
    for (const Value& output : tmpl["outputs"][list].items()) {
      const std::string_view global = output["globalName"].as_string();
      if (global.empty()) continue;
      if (holds_parameter(global)) {
        any = true;
      } else {
        globals_->values.set(cat("workflow.outputs.", list, ".", global), placeholders.next());
      }
    }
  };
  make_global("parameters", any_output_parameter);
  make_global("artifacts", any_output_artifact);
}

bool Variables::node_knows(std::string_view tag) const {
  const size_t dot = tag.find('.', tag.find('.') + 1);
  if (dot == std::string_view::npos) return false;
  const auto found = nodes_.find(tag.substr(0, dot));
  if (found == nodes_.end()) return false;
  const NodeOutputs& node = found->second;
  const std::string_view what = tag.substr(dot + 1);
  if (node.anything) return true;
  if (what == "status") return node.status;
  return node.outputs && outputs_know(node, what);
}

bool Variables::knows(std::string_view tag) const {
  if (names_.find(tag) != names_.end()) return true;
  if ((starts(tag, "steps.") || starts(tag, "tasks.")) && node_knows(tag)) return true;
  return globals_->values.find(tag).is != expr::Variable::Is::Unknown;
}

std::vector<std::string> Variables::names() const {
  std::vector<std::string> all(names_.begin(), names_.end());
  globals_->values.visit_keys("workflow.", [&](std::string_view key) { all.emplace_back(key); });
  for (const auto& [name, node] : nodes_) {
    if (node.status) all.push_back(name + ".status");
    if (!node.outputs) continue;
    for (const char* what : {".id", ".ip", ".exitCode", ".outputs.result", ".outputs.parameters"}) {
      if (outputs_know(node, what + 1)) all.push_back(name + what);
    }
    for (const char* list : {"parameters", "artifacts"}) {
      for (const Value& output : node.tmpl["outputs"][list].items()) {
        all.push_back(cat(name, ".outputs.", list, ".", output["name"].as_string()));
      }
    }
  }
  return all;
}

Result<std::vector<std::string>> unresolved(const Value& document, const Variables& variables,
                                            const Extra& extra, bool template_validation) {
  std::vector<std::string> wrong;
  const auto resolves = [&](std::string_view tag) {
    if (!checked(tag) || left_to_run_time(tag)) return true;
    if (starts(tag, "item.") && (variables.any_item || extra.any_item)) return true;
    if (starts(tag, "workflow.outputs.parameters.") && variables.any_output_parameter) return true;
    if (starts(tag, "workflow.outputs.artifacts.") && variables.any_output_artifact) return true;
    if (starts(tag, "workflow.parameters") && template_validation) return true;
    if (extra.names.find(tag) != extra.names.end() || variables.knows(tag)) return true;
    static constexpr std::string_view kTasks = "tasks.", kStatus = ".status";
    if (!extra.sees_status || !starts(tag, kTasks) || tag.size() < kTasks.size() + kStatus.size())
      return false;
    if (tag.substr(tag.size() - kStatus.size()) != kStatus) return false;
    return extra.sees_status(
        tag.substr(kTasks.size(), tag.size() - kTasks.size() - kStatus.size()));
  };
  TRY_DO(each_simple_tag(json::print(document), [&](std::string_view tag) {
    if (resolves(trim(tag)) || std::find(wrong.begin(), wrong.end(), tag) != wrong.end()) return;
    wrong.emplace_back(tag);
  }));
  return wrong;
}

Result<std::vector<std::string>> simple_tags(const Value& document) {
  std::vector<std::string> tags;
  TRY_DO(each_simple_tag(json::print(document),
                         [&](std::string_view tag) { tags.emplace_back(tag); }));
  return tags;
}

std::string place_of_tag(const Value& document, std::string_view tag) {
  std::string path;
  return find_tag(document, cat("{{", tag, "}}"), path) ? path : "";
}

std::string nearest(std::string_view wrong, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  return std::string(spec::nearest_name(views, wrong));
}

}  // namespace wf::validate::detail
