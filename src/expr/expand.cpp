// SPDX-License-Identifier: Apache-2.0
#include "expr/expand.h"

#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "expr/items.h"
#include "expr/template.h"
#include "expr/when.h"
#include "json/text.h"

namespace wf::expr {
namespace {

constexpr std::array<std::string_view, 3> kLoopFields = {"withItems", "withParam", "withSequence"};

// Variables that are there but have no value count as unknown.
class WithoutAbsent final : public Scope {
 public:
  explicit WithoutAbsent(const Scope& scope) : scope_(scope) {}
  Variable find(std::string_view key) const override {
    Variable variable = scope_.find(key);
    return variable.is == Variable::Is::Absent ? Variable() : variable;
  }
  void visit_keys(std::string_view prefix, const Visit& visit) const override {
    scope_.visit_keys(prefix, [&](std::string_view key) {
      if (find(key).is != Variable::Is::Unknown) visit(key);
    });
  }
  bool may_hold_placeholders() const override { return scope_.may_hold_placeholders(); }

 private:
  const Scope& scope_;
};

// A copy that is known not to run keeps the tags that cannot be replaced.
bool never_runs(const json::Value& step) {
  const auto runs = should_execute(step["when"].as_string());
  return runs.ok() && !*runs;
}

bool has_tags(const json::Value& value) { return json::print(value).find("{{") != std::string::npos; }

struct Fields {
  std::vector<std::pair<std::string_view, json::Value>> fields;

  void take_from(json::Value& step) {
    for (const auto name : kLoopFields) {
      if (!step.has(name) || has_tags(step[name])) continue;
      fields.emplace_back(name, step[name]);
      step.erase(name);
    }
  }
  void put_into(json::Value& step) const {
    for (const auto& [name, value] : fields) step.set(name, value);
  }
};

Result<json::Value> copy_for(const Item& item, size_t index, const json::Value& body, const json::Value& step,
                             const Scope& scope, bool lenient) {
  TRY(std::string name, item_name(step["name"].as_string(), index, item));
  MapScope own;
  item.put_into(own);
  const LayeredScope all({&own, &scope});
  const WithoutAbsent present(all);
  const auto& chosen = lenient ? static_cast<const Scope&>(present) : all;
  TRY(json::Value copy, replace_tree(body, chosen, lenient ? Mode::lenient() : Mode::strict()));
  copy.set("name", std::move(name));
  if (step.has("template")) copy.set("template", step["template"]);
  return copy;
}

Result<std::vector<json::Value>> copies(const json::Value& step, const json::Value& body, const Scope& scope) {
  TRY(const std::vector<Item> items, loop_items(step));
  const bool lenient = never_runs(step);
  std::vector<json::Value> out;
  for (size_t i = 0; i < items.size(); ++i) {
    TRY(json::Value copy, copy_for(items[i], i, body, step, scope, lenient));
    out.push_back(std::move(copy));
  }
  return out;
}

}  // namespace

Result<std::vector<json::Value>> expand_step(const json::Value& step, const Scope& scope) {
  if (!has_loop(step)) {
    return Error("expandStep() was called with withItems and withParam empty", Code::Internal);
  }
  json::Value body = step;
  for (const auto name : kLoopFields) body.erase(name);
  return copies(step, body, scope);
}

Result<std::vector<json::Value>> expand_task(const json::Value& task, const Scope& scope) {
  if (!has_loop(task)) return std::vector<json::Value>{task};
  // A loop without tags is put aside, so that a long list isn't looked through for every item.
  json::Value body = task;
  Fields loop;
  loop.take_from(body);
  TRY(std::vector<json::Value> out, copies(task, body, scope));
  for (auto& copy : out) loop.put_into(copy);
  return out;
}

}  // namespace wf::expr
