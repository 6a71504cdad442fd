// SPDX-License-Identifier: Apache-2.0
#include "cli/plan_tree.h"

#include <gtest/gtest.h>

#include "cli/simulation_input.h"

namespace wf::cli {
namespace {

Plan plan_of(std::string_view templates) {
  const std::string text = std::string("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: wf}\nspec:\n  entrypoint: main\n  templates:\n") +
                           std::string(templates) + "  - name: work\n    container: {image: busybox, command: [echo]}\n";
  const auto objects = parse_simulated_objects(text, "test");
  EXPECT_TRUE(objects.ok());
  const auto plan = make_plan((*objects)[0], *objects);
  EXPECT_TRUE(plan.ok()) << plan.error().message();
  return *plan;
}

TEST(Plan, LoopsWithKnownItemsAreExpanded) {  // EXP-9
  const Plan plan = plan_of("  - name: main\n    steps:\n    - - {name: a, template: work, withItems: [x, z]}\n    - - {name: b, template: work}\n");
  ASSERT_EQ(plan.root.children.size(), 3u);
  EXPECT_EQ(plan.root.children[1].name, "wf[0].a(1:z)");
  EXPECT_EQ(plan.root.children[2].waits_for, (std::vector<std::string>{"wf[0].a(0:x)", "wf[0].a(1:z)"}));
  EXPECT_EQ(plan.pods, 3u);
  EXPECT_TRUE(plan.exact);
}

TEST(Plan, LongestPathFollowsDependencies) {  // DAG-8
  const Plan plan = plan_of(
      "  - name: main\n    dag:\n      tasks:\n      - {name: c, template: work, dependencies: [b]}\n"
      "      - {name: a, template: work}\n      - {name: b, template: work, dependencies: [a]}\n      - {name: other, template: work}\n");
  EXPECT_EQ(plan.longest_path, (std::vector<std::string>{"wf.a", "wf.b", "wf.c"}));
}

TEST(Plan, RecursionIsShownOnce) {
  const Plan plan = plan_of("  - name: main\n    steps:\n    - - {name: again, template: main, when: '1 == 2'}\n");
  ASSERT_EQ(plan.root.children.size(), 1u);
  EXPECT_TRUE(plan.root.children[0].children.empty());
  EXPECT_FALSE(plan.root.children[0].note.empty());
  EXPECT_FALSE(plan.exact);
}

}  // namespace
}  // namespace wf::cli
