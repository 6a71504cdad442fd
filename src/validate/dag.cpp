// SPDX-License-Identifier: Apache-2.0
// The tasks of a DAG template (VAL-19, VAL-27 to VAL-29).
#include <deque>

#include "base/text.h"
#include "expr/depends.h"
#include "validate/detail/validator.h"

namespace wf::validate::detail {

using json::Value;

// One DAG template's check: the graph first, then each task in an order in which what it depends on
// comes before it.
class DagCheck {
 public:
  DagCheck(Validator& validator, const Site& site, const Value& tmpl, const Base& base,
           Variables& variables)
      : validator_(validator),
        report_(site.report),
        site_(site),
        dag_(tmpl["dag"]),
        base_(base),
        variables_(variables),
        prefix_(cat("templates.", site.name)),
        dag_at_(site.at.in("dag")),
        tasks_at_(dag_at_.in("tasks")) {}

  void run() {
    const auto tasks = dag_["tasks"].items();
    if (tasks.empty()) {
      report_.add(site_.chain, dag_at_, cat(prefix_, " must have at least one task"));
      return;
    }
    for (const Value& task : tasks)
      uses_depends_ = uses_depends_ || !task["depends"].as_string().empty();
    if (!read_graph() || !sort()) return;
    check_names(report_, site_.chain, tasks_at_, dag_["tasks"], cat(prefix_, ".tasks"),
                NameKind::Field);
    for (const size_t index : order_) check_shape(index);
    check_target();
    for (const size_t index : order_) check_task(index);
  }

 private:
  struct Task {
    const Value* value;
    std::vector<std::pair<size_t, expr::DependencyKind>> needs;
    Validator::Resolved resolved{Validator::Outcome::Wrong, {}};
  };

  std::string name_of(size_t index) const {
    return std::string((*tasks_[index].value)["name"].as_string());
  }

  bool read_graph() {
    for (const Value& task : dag_["tasks"].items()) {
      const std::string_view name = task["name"].as_string();
      if (!by_name_.try_emplace(name, tasks_.size()).second) {
        const At at = tasks_at_.item(tasks_.size());
        report_.add(site_.chain, at, cat(prefix_, " sorting failed: duplicated nodeName ", name));
        return false;
      }
      tasks_.push_back({&task, {}});
    }
    static const Value kNone = Value::object();
    const auto find = [&](std::string_view name) {
      const auto found = by_name_.find(name);
      return found == by_name_.end() ? &kNone : tasks_[found->second].value;
    };
    bool whole = true;
    for (size_t i = 0; i < tasks_.size(); ++i) {
      const auto dependencies = expr::task_dependencies(*tasks_[i].value, find);
      if (!dependencies.ok()) continue;  // cannot be: every name finds something
      for (const expr::Dependency& need : dependencies->tasks) {
        const auto found = by_name_.find(need.task);
        if (found != by_name_.end()) {
          tasks_[i].needs.emplace_back(found->second, need.kind);
          continue;
        }
        whole = false;
        report_unknown(i, need.task);
      }
    }
    return whole;
  }

  void report_unknown(size_t index, const std::string& need) {
    std::vector<std::string> names;
    for (const auto& [name, unused] : by_name_) names.emplace_back(name);
    const std::string meant = nearest(need, names);
    const At task_at = tasks_at_.item(index);
    const At at = task_at.in(tasks_[index].value->has("depends") ? "depends" : "dependencies");
    report_.add(site_.chain, at, cat(prefix_, " sorting failed: invalid dependency ", need),
                meant.empty() ? "" : cat("did you mean '", meant, "'?"));
  }

  // Fills order_; tasks that are ready keep the order in which they are written.
  bool sort() {
    std::vector<size_t> missing(tasks_.size());
    std::vector<std::vector<size_t>> next(tasks_.size());
    for (size_t i = 0; i < tasks_.size(); ++i) {
      missing[i] = tasks_[i].needs.size();
      if (missing[i] == 0) order_.push_back(i);
      for (const auto& [need, unused] : tasks_[i].needs) next[need].push_back(i);
    }
    for (size_t head = 0; head < order_.size(); ++head) {
      for (const size_t i : next[order_[head]]) {
        if (--missing[i] == 0) order_.push_back(i);
      }
    }
    if (order_.size() == tasks_.size()) return true;
    std::string waiting;
    for (size_t i = 0; i < tasks_.size(); ++i) {
      if (missing[i] > 0) waiting.append(waiting.empty() ? "" : ", ").append(name_of(i));
    }
    report_.add(site_.chain, tasks_at_, cat(prefix_, " sorting failed: graph with cycle"),
                cat("among ", waiting));
    return false;
  }

  // What is asked of a task before any variable is looked at; its template is checked here.
  void check_shape(size_t index) {
    Task& task = tasks_[index];
    const Value& value = *task.value;
    const std::string name = name_of(index);
    const At at = tasks_at_.item(index);
    const bool has_dependencies = !value["dependencies"].empty();
    if ((uses_depends_ || has_dependencies) && !name.empty() && name[0] >= '0' && name[0] <= '9') {
      report_.add(
          site_.chain, at,
          cat(prefix_, ".tasks.", name,
              " name cannot begin with a digit when using either 'depends' or 'dependencies'"));
    }
    if (uses_depends_ && has_dependencies) {
      report_.add(
          site_.chain, at,
          cat(prefix_, " cannot use both 'depends' and 'dependencies' in the same DAG template"));
    }
    if (uses_depends_ && value.has("continueOn")) {
      report_.add(site_.chain, at,
                  cat(prefix_,
                      " cannot use 'continueOn' when using 'depends'. Instead use "
                      "'dep-task.Failed'/'dep-task.Errored'"));
    }
    const Chain chain{&site_.chain, cat(prefix_, ".tasks.", name, " ")};
    task.resolved = validator_.check_holder(value, at, base_, nullptr, chain);
    if (task.resolved.outcome == Validator::Outcome::Wrong)
      variables_.node("tasks", name).anything = true;
    variables_.add_outputs("tasks", name, task.resolved.tmpl, has_items(value),
                           validator_.placeholders);
    const At depends_at = at.in("depends");
    const auto results = expr::check_task_results(value);
    if (!results.ok())
      report_.add(chain, depends_at, const_cast<Result<void>&>(results).error().message());
    for (const auto& [need, kind] : task.needs) check_kind(need, kind, depends_at);
  }

  // The message names the task that is depended on, not the one that depends.
  void check_kind(size_t need, expr::DependencyKind kind, const At& at) {
    const Value& value = *tasks_[need].value;
    if (kind != expr::DependencyKind::Items || has_items(value) || value.has("withSequence"))
      return;
    const std::string name = name_of(need);
    report_.add(site_.chain, at,
                cat(prefix_, ".tasks.", name, " dependency '", name,
                    "' uses an items-based condition such as .AnySucceeded or .AllFailed but does "
                    "not contain any items"));
  }

  void check_target() {
    const std::string_view target = dag_["target"].as_string();
    if (target.empty()) return;
    const At at = dag_at_.in("target");
    check_variables(report_, site_.chain, at, dag_["target"], cat(prefix_, ".targets "), variables_,
                    {}, validator_.template_validation_);
    for (const std::string_view name : split(target, " ")) {
      if (holds_parameter(name) || by_name_.count(name) != 0) continue;
      report_.add(site_.chain, at, cat(prefix_, ".targets: target '", name, "' is not defined"));
    }
  }

  void check_task(size_t index) {
    const Value& value = *tasks_[index].value;
    const std::string name = name_of(index);
    const At at = tasks_at_.item(index);
    const Chain chain{&site_.chain, cat(prefix_, ".tasks.", name, " ")};
    if (value.has("hooks")) variables_.node("tasks", name).status = true;  // for its own hooks
    Extra extra;
    extra.sees_status = [&](std::string_view other) { return is_ancestor(other, index); };
    add_inline_inputs(value, extra);
    add_items(
        report_, chain, at, value, "",
        [&](std::string item) { extra.names.insert(std::move(item)); }, extra.any_item);
    check_variables(report_, chain, at, value, "", variables_, extra,
                    validator_.template_validation_);
    const At arguments_at = at.in("arguments");
    check_arguments(report_, site_.chain, arguments_at, value["arguments"],
                    cat(chain.text.substr(0, chain.text.size() - 1), ".arguments."), false);
    check_sources(value, index, arguments_at, chain);
    validator_.check_holder(value, at, base_, &value["arguments"], chain);
  }

  // VAL-29
  void check_sources(const Value& value, size_t index, const At& arguments_at, const Chain& chain) {
    const auto check = [&](const Value& list, const char* field, std::string_view what,
                           const At& list_at) {
      size_t i = 0;
      for (const Value& argument : list.items()) {
        const At item_at = list_at.item(i++), at = item_at.in(field);
        const std::string_view text = argument[field].as_string();
        if (text.rfind("{{tasks.", 0) != 0) continue;
        const std::string_view source = split(text, ".")[1];
        if (is_ancestor(source, index)) continue;
        report_.add(chain, at,
                    cat("missing dependency '", source, "' for ", what, " '",
                        argument["name"].as_string(), "'"));
      }
    };
    const At parameters_at = arguments_at.in("parameters"),
             artifacts_at = arguments_at.in("artifacts");
    check(value["arguments"]["parameters"], "value", "parameter", parameters_at);
    check(value["arguments"]["artifacts"], "from", "artifact", artifacts_at);
  }

  // Whether the task of that name is among what `index` depends on, directly or not. Most questions
  // are about direct dependencies; for others the way back is walked.
  bool is_ancestor(std::string_view name, size_t index) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return false;
    for (const auto& [need, unused] : tasks_[index].needs) {
      if (need == found->second) return true;
    }
    if (walked_ != index) {
      walked_ = index;
      ancestors_.assign(tasks_.size(), false);
      std::deque<size_t> queue{index};
      while (!queue.empty()) {
        const size_t at = queue.front();
        queue.pop_front();
        for (const auto& [need, unused] : tasks_[at].needs) {
          if (ancestors_[need]) continue;
          ancestors_[need] = true;
          queue.push_back(need);
        }
      }
    }
    return ancestors_[found->second];
  }

  Validator& validator_;
  Report& report_;
  const Site& site_;
  const Value& dag_;
  const Base& base_;
  Variables& variables_;
  std::string prefix_;  // "templates.NAME"
  At dag_at_, tasks_at_;
  bool uses_depends_ = false;
  std::vector<Task> tasks_;  // as written
  std::map<std::string_view, size_t> by_name_;
  std::vector<size_t> order_;
  size_t walked_ = static_cast<size_t>(-1);  // whose ancestors_ these are
  std::vector<bool> ancestors_;
};

void Validator::check_dag(const Site& site, const Value& tmpl, const Base& base,
                          Variables& variables) {
  check_not_leaf_only(site, tmpl);
  DagCheck(*this, site, tmpl, base, variables).run();
}

}  // namespace wf::validate::detail
