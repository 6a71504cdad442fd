// SPDX-License-Identifier: Apache-2.0
#include "cli/plan_tree.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "expr/depends.h"
#include "expr/items.h"
#include "spec/template.h"

namespace wf::cli {
namespace {

using json::Value;

constexpr size_t kNodesMax = 20'000;

class Planner {
 public:
  Planner(const Value& workflow, std::span<const Value> objects) : workflow_(workflow), objects_(objects) {}

  Result<Plan> plan() {
    Plan plan;
    plan.workflow = workflow_["metadata"]["name"].as_string();
    if (plan.workflow.empty()) plan.workflow = trim(replace_all(workflow_["metadata"]["generateName"].as_string(), "-", " "));
    plan.workflow = replace_all(plan.workflow, " ", "-");
    TRY(const Value spec, effective_spec());
    arguments_ = spec["arguments"]["parameters"];
    plan.root.name = plan.root.label = plan.workflow;
    TRY_DO(fill(plan.root, Value::object({{"template", spec["entrypoint"]}}), {&spec, ""}, {}));
    for (const Value& hook : {spec["onExit"], spec["hooks"]["exit"]["template"]}) {
      if (hook.as_string().empty()) continue;
      PlanNode node;
      node.name = node.label = plan.workflow + ".onExit";
      TRY_DO(fill(node, Value::object({{"template", hook}}), {&spec, ""}, {}));
      plan.exit_handlers.push_back(std::move(node));
      break;
    }
    plan.exact = exact_;
    return plan;
  }

 private:
  // Where templates are looked up: a spec, and what it is called ("" the workflow's own).
  struct Holder {
    const Value* spec;
    std::string name;
  };
  using Stack = std::vector<std::string>;  // templates that we are inside of

  const Value* find_object(std::string_view kind, std::string_view name) const {
    for (const Value& object : objects_) {
      if (object["kind"].as_string() == kind && object["metadata"]["name"].as_string() == name) return &object;
    }
    return nullptr;
  }

  static std::string_view kind_of(const Value& reference) {
    return reference["clusterScope"].as_bool() ? "ClusterWorkflowTemplate" : "WorkflowTemplate";
  }

  Result<Value> effective_spec() const {
    const Value& spec = workflow_["spec"];
    if (!spec.has("workflowTemplateRef")) return spec;
    const Value& reference = spec["workflowTemplateRef"];
    const Value* object = find_object(kind_of(reference), reference["name"].as_string());
    if (object == nullptr) {
      return Error(cat("the workflow is made from ", kind_of(reference), " ", go_quote(reference["name"].as_string()), ": give its file, too"), Code::NotFound);
    }
    Value merged = (*object)["spec"];
    for (const json::Member& member : spec.members()) {
      if (member.key() != "workflowTemplateRef") merged.set(member.key(), member.value);
    }
    return merged;
  }

  static const Value* find_template(const Value& spec, std::string_view name) {
    for (const Value& each : spec["templates"].items()) {
      if (each["name"].as_string() == name) return &each;
    }
    return nullptr;
  }

  // The template that a step, task or entrypoint names, and where it was found; null where it is
  // elsewhere.
  Result<const Value*> resolve(const Value& step, const Holder& holder, Holder& found, PlanNode& node) const {
    found = holder;
    if (step["inline"].is_object()) return &step["inline"];
    if (step.has("templateRef")) {
      const Value& reference = step["templateRef"];
      node.tmpl = cat(reference["name"].as_string(), "/", reference["template"].as_string());
      const Value* object = find_object(kind_of(reference), reference["name"].as_string());
      if (object == nullptr) {
        node.note = cat("its ", kind_of(reference), " is not among the given files");
        return nullptr;
      }
      if (reference["template"].as_string().find("{{") != std::string_view::npos) {
        node.note = "which template is known when it runs";
        return nullptr;
      }
      found = {&(*object)["spec"], std::string(reference["name"].as_string())};
      const Value* tmpl = find_template((*object)["spec"], reference["template"].as_string());
      if (tmpl == nullptr) return Error(cat("template ", go_quote(node.tmpl), " of ", node.name, " does not exist"), Code::NotFound);
      return tmpl;
    }
    node.tmpl = step["template"].as_string();
    const Value* tmpl = find_template(*holder.spec, node.tmpl);
    if (tmpl == nullptr) return Error(cat("template ", go_quote(node.tmpl), " of ", node.name, " does not exist"), Code::NotFound);
    return tmpl;
  }

  Result<void> fill(PlanNode& node, const Value& step, const Holder& holder, Stack stack) {
    if (++nodes_ > kNodesMax) return Error(cat("the plan has more than ", kNodesMax, " nodes"));
    Holder found{};
    TRY(const Value* tmpl, resolve(step, holder, found, node));
    if (tmpl == nullptr) {
      exact_ = false;
      return {};
    }
    node.type = spec::name_of(spec::template_type(*tmpl));
    const std::string key = cat(found.name, "/", (*tmpl)["name"].as_string());
    if (!step["inline"].is_object() && std::find(stack.begin(), stack.end(), key) != stack.end()) {
      node.note = "once more, as often as its condition holds";
      exact_ = false;
      return {};
    }
    stack.push_back(key);
    if (tmpl->has("retryStrategy")) node.note = cat("up to ", retries((*tmpl)["retryStrategy"]));
    if (tmpl->has("steps")) return fill_steps(node, (*tmpl)["steps"], found, stack);
    if (tmpl->has("dag")) return fill_tasks(node, (*tmpl)["dag"]["tasks"], found, stack);
    return {};
  }

  static std::string retries(const Value& strategy) {
    const Value& limit = strategy["limit"];
    const std::string text(limit.is_string() ? limit.as_string() : limit.number_text());
    return text.empty() ? "any number of retries" : cat(text, " retries");
  }

  // One step or task: a node, or one for each item.
  Result<std::vector<PlanNode>> instances(const std::string& prefix, const Value& step, const Holder& holder, const Stack& stack) {
    PlanNode node;
    node.label = step["name"].as_string();
    node.name = prefix + node.label;
    node.condition = step["when"].as_string();
    if (!node.condition.empty()) exact_ = false;
    std::vector<std::pair<std::string, std::string>> names{{node.name, node.label}};
    if (expr::has_loop(step)) {
      const auto items = known_items(step);
      if (items.ok()) {
        names.clear();
        for (size_t i = 0; i < items->size(); ++i) {
          TRY(std::string label, expr::item_name(node.label, i, (*items)[i]));
          names.emplace_back(prefix + label, label);
        }
      } else {
        node.loop = loop_text(step);
        exact_ = false;
      }
    }
    std::vector<PlanNode> out;
    for (auto& [name, label] : names) {
      PlanNode one = node;
      one.name = std::move(name);
      one.label = std::move(label);
      TRY_DO(fill(one, step, holder, stack));
      out.push_back(std::move(one));
    }
    return out;
  }

  static std::string loop_text(const Value& step) {
    if (step.has("withParam")) return std::string(step["withParam"].as_string());
    if (step.has("withSequence")) return "a sequence";
    return "items that are known when it runs";
  }

  // With the workflow's own arguments put in; what is still a tag then is unknown.
  Result<std::vector<expr::Item>> known_items(Value step) const {
    if (step.has("withParam")) step.set("withParam", with_arguments(step["withParam"].as_string()));
    if (step["withSequence"].is_object()) {
      for (const char* field : {"count", "start", "end"}) {
        const Value& value = step["withSequence"][field];
        if (!value.is_string()) continue;
        const std::string text = with_arguments(value.as_string());
        if (text.find("{{") != std::string::npos) return Error("not known yet");
        step.at("withSequence").set(field, text);
      }
    }
    if (step["withParam"].as_string().find("{{") != std::string_view::npos) return Error("not known yet");
    return expr::loop_items(step);
  }

  std::string with_arguments(std::string_view text) const {
    std::string out(text);
    for (const Value& parameter : arguments_.items()) {
      if (!parameter.has("value")) continue;
      out = replace_all(out, cat("{{workflow.parameters.", parameter["name"].as_string(), "}}"), parameter["value"].as_string());
    }
    return out;
  }

  Result<void> fill_steps(PlanNode& node, const Value& groups, const Holder& holder, const Stack& stack) {
    std::vector<std::string> before;
    for (size_t i = 0; i < groups.size(); ++i) {
      std::vector<std::string> now;
      for (const Value& step : groups[i].items()) {
        TRY(std::vector<PlanNode> made, instances(cat(node.name, "[", i, "]."), step, holder, stack));
        for (PlanNode& one : made) {
          one.waits_for = before;
          now.push_back(one.name);
          node.children.push_back(std::move(one));
        }
      }
      if (!now.empty()) before = std::move(now);
    }
    return {};
  }

  // In an order in which each task stands behind those that it waits for.
  Result<void> fill_tasks(PlanNode& node, const Value& tasks, const Holder& holder, const Stack& stack) {
    const auto by_name = [&](std::string_view name) -> const Value* {
      for (const Value& task : tasks.items()) {
        if (task["name"].as_string() == name) return &task;
      }
      return nullptr;
    };
    std::map<std::string, std::vector<std::string>> nodes_of;
    std::vector<const Value*> left;
    for (const Value& task : tasks.items()) left.push_back(&task);
    while (!left.empty()) {
      const size_t count = left.size();
      std::vector<const Value*> later;
      for (const Value* task : left) {
        TRY(const expr::Dependencies dependencies, expr::task_dependencies(*task, by_name));
        const bool ready = std::all_of(dependencies.tasks.begin(), dependencies.tasks.end(), [&](const expr::Dependency& each) { return nodes_of.contains(each.task); });
        if (!ready) {
          later.push_back(task);
          continue;
        }
        TRY(std::vector<PlanNode> made, instances(node.name + ".", *task, holder, stack));
        std::vector<std::string>& names = nodes_of[std::string((*task)["name"].as_string())];
        for (PlanNode& one : made) {
          for (const expr::Dependency& each : dependencies.tasks) {
            const auto& waited = nodes_of[each.task];
            one.waits_for.insert(one.waits_for.end(), waited.begin(), waited.end());
          }
          if (one.condition.empty() && task->has("depends")) add_depends(one, (*task)["depends"].as_string());
          names.push_back(one.name);
          node.children.push_back(std::move(one));
        }
      }
      if (later.size() == count) return Error(cat("the tasks of ", node.name, " wait for each other"));
      left = std::move(later);
    }
    return {};
  }

  // Only results other than success make it conditional.
  void add_depends(PlanNode& node, std::string_view depends) {
    if (depends.find('.') == std::string_view::npos && depends.find('|') == std::string_view::npos && depends.find('!') == std::string_view::npos) return;
    node.condition = cat("depends: ", depends);
    exact_ = false;
  }

  const Value& workflow_;
  std::span<const Value> objects_;
  Value arguments_;
  size_t nodes_ = 0;
  bool exact_ = true;
};

bool is_pod(const PlanNode& node) {
  return node.type != "Steps" && node.type != "DAG" && node.type != "Suspend" && node.children.empty();
}

size_t count_pods(const PlanNode& node) {
  size_t pods = is_pod(node) ? 1 : 0;
  for (const PlanNode& child : node.children) pods += count_pods(child);
  return pods;
}

// The most pods that run one after the other within a node.
std::vector<std::string> longest_within(const PlanNode& node) {
  if (node.children.empty()) return is_pod(node) ? std::vector<std::string>{node.name} : std::vector<std::string>{};
  std::map<std::string, std::vector<std::string>> until;  // by child: the longest path that ends with it
  std::vector<std::string> longest;
  for (const PlanNode& child : node.children) {
    std::vector<std::string> best;
    for (const std::string& name : child.waits_for) {
      if (until[name].size() > best.size()) best = until[name];
    }
    const std::vector<std::string> own = longest_within(child);
    best.insert(best.end(), own.begin(), own.end());
    if (best.size() > longest.size()) longest = best;
    until[child.name] = std::move(best);
  }
  return longest;
}

}  // namespace

Result<Plan> make_plan(const json::Value& workflow, std::span<const json::Value> objects) {
  TRY(Plan plan, Planner(workflow, objects).plan());
  plan.pods = count_pods(plan.root);
  plan.longest_path = longest_within(plan.root);
  for (const PlanNode& handler : plan.exit_handlers) {
    plan.pods += count_pods(handler);
    const std::vector<std::string> more = longest_within(handler);
    plan.longest_path.insert(plan.longest_path.end(), more.begin(), more.end());
  }
  return plan;
}

}  // namespace wf::cli
