// SPDX-License-Identifier: Apache-2.0
#include "expr/depends.h"

#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "json/text.h"

namespace wf::expr {
namespace {

using json::Value;

Value tasks() {
  return *json::parse(R"([{"name":"build"},{"name":"unit-test","continueOn":{"failed":true}},
    {"name":"scan","continueOn":{"error":true,"failed":true}},{"name":"fan","withParam":"[1]"}])");
}

Result<Dependencies> expand(std::string_view task_json) {
  static const Value all = tasks();
  return task_dependencies(*json::parse(task_json), [](std::string_view name) -> const Value* {
    for (const auto& task : all.items()) {
      if (task["name"].as_string() == name) return &task;
    }
    return nullptr;
  });
}

Dependencies of_text(const std::string& depends) {
  Value task = Value::object({{"name", "last"}, {"depends", depends}});
  return expand(json::print(task)).value();
}

TEST(Depends, BareNamesAreExpanded) {  // DAG-4, DAG-5
  EXPECT_EQ(of_text("build").logic, "(build.Succeeded || build.Skipped || build.Daemoned)");
  EXPECT_EQ(of_text("!scan&&build.Failed").logic,
            "!(scan.Succeeded || scan.Skipped || scan.Daemoned || scan.Errored || scan.Failed)&&build.Failed");
  EXPECT_EQ(of_text("unit-test.Succeeded-build").logic,
            "unit-test.Succeeded-(build.Succeeded || build.Skipped || build.Daemoned)");
}

TEST(Depends, DependenciesAreJoined) {  // DAG-3
  const auto both = expand(R"({"name":"last","dependencies":["build","unit-test"]})").value();
  EXPECT_EQ(both.logic,
            "(build.Succeeded || build.Skipped || build.Daemoned) && "
            "(unit-test.Succeeded || unit-test.Skipped || unit-test.Daemoned || unit-test.Failed)");
  ASSERT_EQ(both.tasks.size(), 2u);
  EXPECT_EQ(both.tasks[1].task, "unit-test");
  EXPECT_EQ(expand(R"({"name":"last"})").value().logic, "");
}

TEST(Depends, ItemResultsMakeADependencyOnItems) {  // DAG-6
  EXPECT_EQ(of_text("fan && fan.AllFailed").tasks[0].kind, DependencyKind::Items);
  EXPECT_EQ(of_text("fan.AllFailed && fan").tasks[0].kind, DependencyKind::Task);
  EXPECT_EQ(of_text("fan.AllFailed && fan.Failed").tasks[0].kind, DependencyKind::Items);
}

TEST(Depends, UnknownNamesAndResultsAreErrors) {
  EXPECT_EQ(expand(R"({"depends":"nothing"})").error().message(), "target nothing does not exist");
  EXPECT_TRUE(expand(R"({"depends":"nothing.Failed"})").ok());
  EXPECT_EQ(check_task_results(*json::parse(R"({"depends":"build.Won"})")).error().message(),
            "task result 'Won' for task 'build' is invalid");
  EXPECT_TRUE(check_task_results(*json::parse(R"({"depends":"build.Omitted"})")).ok());
}

TEST(Depends, AncestorsComeByFinishTime) {  // DAG-22
  const std::map<std::string, std::vector<std::string>> needs = {
      {"d", {"b", "c"}}, {"b", {"a"}}, {"c", {"a"}}, {"a", {}}};
  const std::map<std::string, int> finish = {{"a", 1}, {"b", 9}, {"c", 5}};
  const auto found = task_ancestry(
      "d", [&](const std::string& name) -> Result<std::vector<std::string>> { return needs.at(name); },
      [&](const std::string& name) { return Time(std::chrono::seconds(finish.at(name))); });
  EXPECT_EQ(join(found, " "), "a c b");
}

struct Truth {
  std::map<std::string, TaskResults> of;
  std::vector<std::string> names;
  Result<bool> operator()(std::string_view logic) {
    const auto compiled = DependsLogic::compile(logic, [this](std::string_view name) {
      if (!of.contains(std::string(name))) return -1;
      names.emplace_back(name);
      return static_cast<int>(names.size()) - 1;
    });
    return compiled.evaluate([this](int task) { return of[names[static_cast<size_t>(task)]]; });
  }
};

TaskResults only(TaskResult result) {
  TaskResults results;
  results.set(result);
  return results;
}

TEST(DependsLogic, Evaluates) {  // DAG-7
  Truth truth{{{"a", only(TaskResult::Succeeded)}, {"b-c", only(TaskResult::Failed)}}, {}};
  EXPECT_TRUE(*truth("a.Succeeded && b-c.Failed"));
  EXPECT_TRUE(*truth("a.Failed || b-c.Succeeded || b-c.Failed"));
  EXPECT_FALSE(*truth("!(a.Succeeded||b-c.Succeeded)"));
  EXPECT_TRUE(*truth("a.Succeeded || a.Failed && a.Failed")) << "&& binds tighter";
  EXPECT_FALSE(*truth("!!a.Failed"));
}

TEST(DependsLogic, ALongChainNeedsNoDeepStack) {
  Truth truth{{{"a", only(TaskResult::Succeeded)}}, {}};
  std::string logic = "a.Succeeded";
  for (int i = 0; i < 200'000; ++i) logic += " && a.Succeeded";
  EXPECT_TRUE(*truth(logic));
}

TEST(DependsLogic, WrongTextFailsWhenEvaluated) {  // DAG-9
  Truth truth{{{"a", only(TaskResult::Succeeded)}, {"x-y", {}}}, {}};
  for (const auto* text : {"", "a.Succeeded &&", "(a.Succeeded", "x-y.Won", "a.Succeeded | a.Failed"}) {
    EXPECT_FALSE(truth(text).ok()) << text;
  }
  EXPECT_EQ(truth("x-y.Won").error().message().substr(0, 40), "unable to evaluate expression 'x_y.Won':");
}

}  // namespace
}  // namespace wf::expr
