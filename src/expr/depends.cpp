// SPDX-License-Identifier: Apache-2.0
#include "expr/depends.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"
#include "expr/environments.h"

namespace wf::expr {
namespace {

constexpr std::array<std::string_view, 8> kResults = {"Succeeded", "Failed",   "Errored",      "Skipped",
                                                      "Omitted",   "Daemoned", "AnySucceeded", "AllFailed"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alphanumeric(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

std::optional<TaskResult> result_named(std::string_view name) {
  const auto at = std::find(kResults.begin(), kResults.end(), name);
  if (at == kResults.end()) return std::nullopt;
  return static_cast<TaskResult>(at - kResults.begin());
}

// One mention of a task: `task` or `task.result` at [start, end). DAG-4.
struct Mention {
  std::string_view task;
  std::string_view result;  // empty: a bare name
  size_t start;
  size_t end;
};

// The length of the `.Result` at `at`, or 0: a dot, a capital and at least one more letter.
size_t result_suffix(std::string_view text, size_t at) {
  if (at + 2 >= text.size() || text[at] != '.') return 0;
  if (!is_upper(text[at + 1]) || !is_letter(text[at + 2])) return 0;
  size_t end = at + 2;
  while (end < text.size() && is_letter(text[end])) ++end;
  return end - at;
}

std::vector<Mention> mentions(std::string_view text) {
  std::vector<Mention> found;
  for (size_t at = 0; at < text.size();) {
    if (!is_alphanumeric(text[at])) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < text.size() && (is_alphanumeric(text[end]) || text[end] == '-')) ++end;
    const size_t suffix = result_suffix(text, end);
    Mention mention{text.substr(at, end - at), {}, at, end + suffix};
    if (suffix > 0) mention.result = text.substr(end + 1, suffix - 1);
    found.push_back(mention);
    at = mention.end;
  }
  return found;
}

bool asks_for_items(std::string_view result) {
  return result == name_of(TaskResult::AnySucceeded) || result == name_of(TaskResult::AllFailed);
}

Result<std::string> expanded_name(std::string_view name, const TaskByName& task_by_name) {
  const json::Value* task = task_by_name(name);
  if (task == nullptr) return Error(cat("target ", name, " does not exist"), Code::NotFound);
  std::string out = cat("(", name, ".Succeeded || ", name, ".Skipped || ", name, ".Daemoned");
  const json::Value& go_on = (*task)["continueOn"];
  if (go_on["error"].as_bool()) out += cat(" || ", name, ".Errored");
  if (go_on["failed"].as_bool()) out += cat(" || ", name, ".Failed");
  return out + ")";
}

// `depends`, or the names in `dependencies` expanded and joined. DAG-3.
Result<std::string> depends_text(const json::Value& task, const TaskByName& task_by_name) {
  const auto depends = task["depends"].as_string();
  if (!depends.empty()) return std::string(depends);
  std::vector<std::string> parts;
  for (const auto& name : task["dependencies"].items()) {
    TRY(std::string part, expanded_name(name.as_string(), task_by_name));
    parts.push_back(std::move(part));
  }
  return join(parts, " && ");
}

}  // namespace

std::string_view name_of(TaskResult result) { return kResults[static_cast<size_t>(result)]; }

Result<Dependencies> task_dependencies(const json::Value& task, const TaskByName& task_by_name) {
  TRY(const std::string text, depends_text(task, task_by_name));
  std::map<std::string, DependencyKind, std::less<>> kinds;
  Dependencies out;
  size_t copied = 0;
  for (const auto& mention : mentions(text)) {
    if (!mention.result.empty()) {
      const auto kind = asks_for_items(mention.result) ? DependencyKind::Items : DependencyKind::Task;
      auto& known = kinds.try_emplace(std::string(mention.task), kind).first->second;
      if (kind == DependencyKind::Items) known = kind;
      continue;
    }
    kinds[std::string(mention.task)] = DependencyKind::Task;
    TRY(const std::string expanded, expanded_name(mention.task, task_by_name));
    out.logic.append(text, copied, mention.start - copied).append(expanded);
    copied = mention.end;
  }
  out.logic.append(text, copied);
  for (auto& [name, kind] : kinds) out.tasks.push_back({name, kind});
  return out;
}

Result<void> check_task_results(const json::Value& task) {
  for (const auto& mention : mentions(task["depends"].as_string())) {
    if (mention.result.empty() || result_named(mention.result)) continue;
    return Error(cat("task result '", mention.result, "' for task '", mention.task, "' is invalid"));
  }
  return {};
}

std::vector<std::string> task_ancestry(
    const std::string& task,
    const std::function<Result<std::vector<std::string>>(const std::string&)>& dependencies_of,
    const std::function<Time(const std::string&)>& finished_at, Error* failure) {
  std::map<std::string, Time> seen;
  std::vector<std::string> open = {task};
  while (!open.empty()) {
    const std::string current = std::move(open.back());
    open.pop_back();
    const auto dependencies = dependencies_of(current);
    if (!dependencies.ok()) {
      if (failure != nullptr) *failure = dependencies.error();
      return {};
    }
    for (const auto& name : *dependencies) {
      if (name != task && seen.try_emplace(name, finished_at(name)).second) open.push_back(name);
    }
  }
  std::vector<std::pair<Time, std::string>> order;
  for (auto& [name, time] : seen) order.emplace_back(time, name);
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> out;
  for (auto& [time, name] : order) out.push_back(std::move(name));
  return out;
}

// Reads `&& || ! ( )` over task.Result; gives up (−1) at anything else.
class DependsParser {
 public:
  DependsParser(std::string_view text, const DependsLogic::TaskIndex& task_index, DependsLogic& logic)
      : text_(text), task_index_(task_index), logic_(logic) {}

  int parse() {
    const int root = alternative(0);
    skip_space();
    return at_ == text_.size() ? root : -1;
  }

 private:
  static constexpr int kDepthMax = 200;
  using Op = DependsLogic::Op;

  int alternative(int depth) {
    int left = conjunction(depth);
    while (left >= 0 && take("||")) left = add(Op::Or, left, conjunction(depth));
    return left;
  }
  int conjunction(int depth) {
    int left = operand(depth);
    while (left >= 0 && take("&&")) left = add(Op::And, left, operand(depth));
    return left;
  }
  int operand(int depth) {
    if (depth >= kDepthMax) return -1;
    if (take("!")) return add(Op::Not, operand(depth + 1), 0);
    if (take("(")) {
      const int inner = alternative(depth + 1);
      return inner >= 0 && take(")") ? inner : -1;
    }
    return leaf();
  }
  int leaf() {
    skip_space();
    if (at_ >= text_.size() || !is_letter(text_[at_])) return -1;
    const auto found = mentions(text_.substr(at_, kMentionMax));
    if (found.empty() || found.front().start != 0) return -1;
    const Mention& mention = found.front();
    const auto result = result_named(mention.result);
    if (!result || is_word_of_the_language(mention.task)) return -1;
    const size_t end = at_ + mention.end;
    if (end < text_.size() && (text_[end] == '.' || text_[end] == '_' || text_[end] == '-' ||
                               is_alphanumeric(text_[end]) || static_cast<unsigned char>(text_[end]) >= 0x80)) {
      return -1;
    }
    const int task = task_index_(mention.task);
    if (task < 0) return -1;
    at_ = end;
    logic_.nodes_.push_back({Op::Leaf, *result, task, 0});
    return static_cast<int>(logic_.nodes_.size()) - 1;
  }

  // Words that expr-lang does not read as names.
  static bool is_word_of_the_language(std::string_view name) {
    constexpr std::array<std::string_view, 14> kWords = {
        "and",      "or",  "not", "in",   "matches", "contains", "startsWith",
        "endsWith", "let", "if",  "else", "nil",     "true",     "false"};
    return std::find(kWords.begin(), kWords.end(), name) != kWords.end();
  }

  int add(Op op, int left, int right) {
    if (left < 0 || right < 0) return -1;
    logic_.nodes_.push_back({op, TaskResult::Succeeded, left, right});
    return static_cast<int>(logic_.nodes_.size()) - 1;
  }
  bool take(std::string_view token) {
    skip_space();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }

  static constexpr size_t kMentionMax = 512;  // longer names go to the interpreter
  std::string_view text_;
  const DependsLogic::TaskIndex& task_index_;
  DependsLogic& logic_;
  size_t at_ = 0;
};

DependsLogic DependsLogic::compile(std::string_view logic, const TaskIndex& task_index) {
  DependsLogic out;
  out.root_ = DependsParser(logic, task_index, out).parse();
  if (out.root_ >= 0) return out;
  out.nodes_.clear();
  out.text_ = replace_all(logic, "-", "_");
  for (const auto& mention : mentions(logic)) {
    out.names_.emplace_back(replace_all(mention.task, "-", "_"), task_index(mention.task));
  }
  return out;
}

Result<bool> DependsLogic::evaluate(const ResultsOf& results_of) const {
  if (!compiled()) return interpret(results_of);
  return holds(root_, results_of);
}

// Long chains lean to the left, so following the left side in a loop keeps the recursion as deep as
// the parentheses are.
bool DependsLogic::holds(int node, const ResultsOf& results_of) const {
  for (;;) {
    const Node& n = nodes_[static_cast<size_t>(node)];
    switch (n.op) {
      case Op::Leaf: return results_of(n.left).has(n.result);
      case Op::Not: return !holds(n.left, results_of);
      case Op::And:
        if (!holds(n.right, results_of)) return false;
        break;
      case Op::Or:
        if (holds(n.right, results_of)) return true;
        break;
    }
    node = n.left;
  }
}

Result<bool> DependsLogic::interpret(const ResultsOf& results_of) const {
  std::map<std::string, TaskResults> tasks;
  for (const auto& [name, index] : names_) {
    if (index >= 0) tasks.emplace(name, results_of(index));
  }
  auto decided = eval_bool(text_, depends_environment(tasks));
  if (decided.ok()) return decided;
  return Error(cat("unable to evaluate expression '", text_, "': ", decided.error().message()));
}

}  // namespace wf::expr
