// SPDX-License-Identifier: Apache-2.0
// Whole workflows: steps, dags, loops and conditions. More in run_retry_test.cpp (retries, hooks) and
// run_control_test.cpp (users, deadlines, limits).
#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/testing.h"

namespace wf::engine {
namespace {

// A spec whose entrypoint `main` is given in flow style; `pod` is a template with one container.
std::string spec_of(std::string_view main, std::string_view more = "") {
  return cat("entrypoint: main\ntemplates:\n- {name: main, ", main, "}\n- {name: pod, container: {image: x}}\n", more);
}

const End kFails{.exit_code = 1};

TEST(Steps, GroupsInOrder) {  // STP-2, STP-3, STP-17
  Stage stage(spec_of("steps: [[{name: a, template: pod}], [{name: b, template: pod}]]"));
  stage.settle();
  EXPECT_EQ(stage.nodes(), "wf Steps Running\n[0] StepGroup Running\n[0].a Pod Pending\n");
  stage.play();
  EXPECT_EQ(stage.nodes(), "wf Steps Succeeded\n[0] StepGroup Succeeded\n[0].a Pod Succeeded\n[1] StepGroup Succeeded\n[1].b Pod Succeeded\n");
  EXPECT_EQ(stage.phase(), "Succeeded");
  EXPECT_EQ(stage.children("wf"), "wf[0]");
  EXPECT_EQ(stage.children("wf[0]"), "wf[0].a");
  EXPECT_EQ(stage.children("wf[0].a"), "wf[1]");
  EXPECT_EQ(stage.outbound("wf"), "wf[1].b");
}

TEST(Steps, AFailureEndsThem) {  // STP-12, STP-13
  Stage stage(spec_of("steps: [[{name: a, template: pod}, {name: b, template: pod}], [{name: c, template: pod}]]"));
  stage.pods("wf[0].a", {kFails});
  stage.settle();
  stage.finish("wf[0].a");
  EXPECT_EQ(stage.state("wf[0]"), "Running");  // it waits for b
  stage.play();
  const std::string why = cat("Failed: child '", stage.run().nodes().id_of_name("wf[0].a"), "' failed");
  EXPECT_EQ(stage.state("wf[0].a"), "Failed: main: Error (exit code 1)");
  EXPECT_EQ(stage.state("wf[0].b"), "Succeeded");
  EXPECT_EQ(stage.state("wf[0]"), why);
  EXPECT_EQ(stage.state("wf"), why);
  EXPECT_EQ(stage.state("wf[1].c"), "none");
  EXPECT_EQ(cat(stage.phase(), ": ", stage.message()), why);
}

TEST(Steps, ContinueOn) {  // PAR-10
  Stage stage(spec_of("steps: [[{name: a, template: pod, continueOn: {failed: true}}], [{name: b, template: pod}]]"));
  stage.pods("wf[0].a", {kFails}).play();
  EXPECT_EQ(stage.state("wf[0].a"), "Failed: main: Error (exit code 1)");
  EXPECT_EQ(stage.state("wf[0]"), "Succeeded");
  EXPECT_EQ(stage.phase(), "Succeeded");

  Stage other(spec_of("steps: [[{name: a, template: pod, continueOn: {error: true}}], [{name: b, template: pod}]]"));
  other.pods("wf[0].a", {kFails}).play();
  EXPECT_EQ(other.phase(), "Failed");
  Stage error(spec_of("steps: [[{name: a, template: pod, continueOn: {error: true}}], [{name: b, template: pod}]]"));
  error.pods("wf[0].a", {{.wait_exit_code = 1}}).play();
  EXPECT_EQ(error.state("wf[0].a"), "Error: wait: Error (exit code 1)");
  EXPECT_EQ(error.phase(), "Succeeded");
}

TEST(Steps, When) {  // STP-6, STP-8, WHN
  Stage stage(spec_of("steps: [[{name: a, template: pod}], "
                      "[{name: do, template: pod, when: '{{steps.a.outputs.result}} == heads'}, {name: dont, template: pod, when: '{{steps.a.outputs.result}} == tails'}], "
                      "[{name: last, template: pod}]]"));
  stage.pods("wf[0].a", {{.result = "heads"}}).play();
  EXPECT_EQ(stage.state("wf[1].do"), "Succeeded");
  EXPECT_EQ(stage.state("wf[1].dont"), "Skipped: when 'heads == tails' evaluated false");
  EXPECT_EQ(stage.node("wf[1].dont").type, NodeType::Skipped);
  EXPECT_EQ(stage.children("wf[1].dont"), "wf[2]");
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Steps, WrongWhen) {  // STP-6: a plain step has no node then
  Stage stage(spec_of("steps: [[{name: a, template: pod, when: 'a ==='}]]"));
  stage.play();
  EXPECT_EQ(stage.state("wf[0].a"), "none");
  EXPECT_TRUE(stage.state("wf[0]").starts_with("Error: failed to resolve references: Invalid 'when' expression")) << stage.state("wf[0]");
  EXPECT_TRUE(stage.state("wf").starts_with("Failed: ")) << stage.state("wf");
}

TEST(Steps, Outputs) {  // OUT-5, OUT-7, VAR-10
  const std::string more = R"(
- name: inner
  inputs: {parameters: [{name: p}, {name: q, default: d}]}
  steps: [[{name: x, template: made}]]
  outputs: {parameters: [{name: o, valueFrom: {parameter: '{{steps.x.outputs.parameters.v}}-not'}}, {name: r, valueFrom: {expression: "steps.x.outputs.parameters.v + inputs.parameters.p + inputs.parameters.q"}}]}
- {name: made, container: {image: x}, outputs: {parameters: [{name: v, valueFrom: {path: /v}}]}}
)";
  Stage stage(spec_of("steps: [[{name: a, template: inner, arguments: {parameters: [{name: p, value: 1}]}}]]", more));
  stage.pods("*.x", {{.parameters = {{"v", "7"}}}}).play();
  EXPECT_TRUE(stage.state("wf[0].a").starts_with("Error: ")) << stage.nodes();  // not a variable
  std::string right = more;
  right.replace(right.find("-not"), 4, "");
  Stage good(spec_of("steps: [[{name: a, template: inner, arguments: {parameters: [{name: p, value: 1}]}}]]", right));
  good.pods("*.x", {{.parameters = {{"v", "7"}}}}).play();
  EXPECT_EQ(good.output("wf[0].a", "o"), "7");
  EXPECT_EQ(good.output("wf[0].a", "r"), "71d");
}

TEST(Dag, Diamond) {  // DAG-10: example 1
  Stage stage(spec_of("dag: {tasks: [{name: A, template: pod}, {name: B, template: pod, depends: A}, {name: C, template: pod, dependencies: [A]}, "
                      "{name: D, template: pod, depends: B && C}]}"));
  stage.settle();
  EXPECT_EQ(stage.nodes(), "wf DAG Running\n.A Pod Pending\n");
  stage.play();
  EXPECT_EQ(stage.children("wf"), "wf.A");
  EXPECT_EQ(stage.children("wf.A"), "wf.B wf.C");
  EXPECT_EQ(stage.children("wf.B"), "wf.D");
  EXPECT_EQ(stage.children("wf.C"), "wf.D");
  EXPECT_EQ(stage.outbound("wf"), "wf.D");
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Dag, OmittedAfterAFailure) {  // DAG-9, DAG-18, DAG-20: example 2
  Stage stage(spec_of("dag: {tasks: [{name: A, template: pod}, {name: B, template: pod, depends: A}, {name: C, template: pod, depends: B}]}"));
  stage.pods("wf.A", {kFails}).play();
  EXPECT_EQ(stage.state("wf.B"), "Omitted: omitted: depends condition not met");
  EXPECT_EQ(stage.node("wf.B").type, NodeType::Skipped);
  EXPECT_EQ(stage.state("wf.C"), "Omitted: omitted: depends condition not met");
  EXPECT_EQ(stage.state("wf"), "Failed");
  EXPECT_EQ(stage.message(), "");
}

TEST(Dag, DependsOnResults) {  // DAG-5, DAG-6: examples 3 and 4
  Stage stage(spec_of("dag: {tasks: [{name: A, template: pod}, {name: B, template: pod, depends: A.Failed}, {name: C, template: pod, depends: A.Succeeded || B.Succeeded}]}"));
  stage.pods("wf.A", {kFails}).play();
  EXPECT_EQ(stage.state("wf.B"), "Succeeded");
  EXPECT_EQ(stage.state("wf.C"), "Succeeded");
  EXPECT_EQ(stage.phase(), "Succeeded");

  Stage goes_on(spec_of("dag: {tasks: [{name: A, template: pod, continueOn: {failed: true}}, {name: B, template: pod, dependencies: [A]}]}"));
  goes_on.pods("wf.A", {kFails}).play();
  EXPECT_EQ(goes_on.state("wf.B"), "Succeeded");
  EXPECT_EQ(goes_on.phase(), "Succeeded");
}

TEST(Dag, SkippedCountsAsDone) {  // DAG-13: example 5
  Stage stage(spec_of("dag: {tasks: [{name: A, template: pod, when: '1 == 2'}, {name: B, template: pod, depends: A}, {name: C, template: pod, depends: A.Succeeded}]}"));
  stage.play();
  EXPECT_EQ(stage.state("wf.A"), "Skipped: when '1 == 2' evaluated false");
  EXPECT_EQ(stage.state("wf.B"), "Succeeded");
  EXPECT_EQ(stage.state("wf.C"), "Omitted: omitted: depends condition not met");
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Dag, Groups) {  // DAG-6, DAG-12, DAG-15: example 6
  Stage stage(spec_of("dag: {tasks: [{name: fan, template: pod, withItems: [x, z]}, {name: B, template: pod, depends: fan.AnySucceeded}, "
                      "{name: C, template: pod, depends: fan.AllFailed}, {name: D, template: pod, depends: fan}]}"));
  stage.pods("wf.fan(0:x)", {kFails}).play();
  EXPECT_EQ(stage.node("wf.fan").type, NodeType::TaskGroup);
  EXPECT_EQ(stage.children("wf.fan"), "wf.fan(0:x) wf.fan(1:z)");
  EXPECT_EQ(stage.children("wf.fan(0:x)"), "wf.B wf.C wf.D");
  EXPECT_EQ(stage.children("wf.fan(1:z)"), "wf.B wf.C wf.D");
  EXPECT_EQ(stage.state("wf.fan"), "Failed");
  EXPECT_EQ(stage.state("wf.B"), "Succeeded");
  EXPECT_EQ(stage.state("wf.C"), "Omitted: omitted: depends condition not met");
  EXPECT_EQ(stage.state("wf.D"), "Omitted: omitted: depends condition not met");
  EXPECT_EQ(stage.phase(), "Failed");
}

TEST(Dag, FailFastIsAboutTasksNotYetMade) {  // DAG-19: example 8
  for (const bool fail_fast : {true, false}) {
    Stage stage(spec_of(cat("dag: {failFast: ", fail_fast ? "true" : "false", ", tasks: [{name: A, template: pod}, {name: B, template: pod}, {name: C, template: pod, depends: B}]}")));
    stage.pods("wf.A", {kFails});
    stage.settle();
    stage.finish("wf.A");
    EXPECT_EQ(stage.state("wf"), "Running");
    stage.finish("wf.B");
    EXPECT_EQ(stage.state("wf.C"), "Pending");
    stage.play();
    EXPECT_EQ(stage.state("wf.C"), "Succeeded");
    EXPECT_EQ(stage.phase(), "Failed");
  }
}

TEST(Dag, Target) {  // DAG-1: example 9
  Stage stage(spec_of("dag: {target: A, tasks: [{name: A, template: pod}, {name: B, template: pod, depends: A}]}"));
  stage.play();
  EXPECT_EQ(stage.nodes(), "wf DAG Succeeded\n.A Pod Succeeded\n");
}

TEST(Loops, Items) {  // EXP, OUT-10 to OUT-12
  const std::string more = "- {name: made, container: {image: x}, outputs: {parameters: [{name: v, valueFrom: {path: /v}}]}}\n"
                           "- {name: take, inputs: {parameters: [{name: p}, {name: r}]}, container: {image: x}}\n";
  Stage stage(spec_of("steps: [[{name: a, template: made, withItems: [x, {k: 1}, 3], continueOn: {failed: true}}], "
                      "[{name: b, template: take, arguments: {parameters: [{name: p, value: '{{steps.a.outputs.parameters.v}}'}, {name: r, value: '{{steps.a.outputs.result}}'}]}}]]", more));
  stage.pods("*(0:*", {{.result = "1", .parameters = {{"v", "one"}}}});
  stage.pods("*(1:*", {kFails});
  stage.pods("*(2:*", {{.result = "{\"a\":2}", .parameters = {{"v", "three"}}}});
  stage.play();
  EXPECT_EQ(stage.children("wf[0]"), "wf[0].a(0:x) wf[0].a(1:k:1) wf[0].a(2:3)");
  EXPECT_EQ(stage.phase(), "Succeeded");
  const auto inputs = stage.node("wf[1].b").inputs["parameters"].items();
  EXPECT_EQ(inputs[0]["value"].as_string(), R"(["one","three"])");  // what failed is left out
  EXPECT_EQ(inputs[1]["value"].as_string(), R"([1,{"a":2}])");
}

TEST(Loops, ParamsAndSequences) {  // EXP, STP-8
  Stage stage(spec_of("steps: [[{name: list, template: pod}], [{name: p, template: pod, withParam: '{{steps.list.outputs.result}}'}], "
                      "[{name: s, template: pod, withSequence: {start: 2, end: 0, format: 'n%02d'}}], [{name: none, template: pod, withParam: '[]'}], "
                      "[{name: c, template: pod, withSequence: {count: 0}}], [{name: last, template: pod}]]"));
  stage.pods("wf[0].list", {{.result = R"(["a",2])"}}).play();
  EXPECT_EQ(stage.children("wf[1]"), "wf[1].p(0:a) wf[1].p(1:2)");
  EXPECT_EQ(stage.children("wf[2]"), "wf[2].s(0:n02) wf[2].s(1:n01) wf[2].s(2:n00)");
  EXPECT_EQ(stage.state("wf[3].none"), "Skipped: Skipped, empty params");
  EXPECT_EQ(stage.state("wf[4].c"), "Skipped: Skipped, empty params");
  EXPECT_EQ(stage.state("wf[5].last"), "Succeeded");
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Loops, WhenOfEachItem) {  // STP-8
  Stage stage(spec_of("steps: [[{name: a, template: pod, withItems: [1, 2], when: '{{item}} > 1'}]]"));
  stage.play();
  EXPECT_EQ(stage.state("wf[0].a(0:1)"), "Skipped: when '1 > 1' evaluated false");
  EXPECT_EQ(stage.state("wf[0].a(1:2)"), "Succeeded");
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Loops, ParamThatIsNoList) {  // STP-7
  Stage stage(spec_of("steps: [[{name: a, template: pod, withParam: 'x'}]]"));
  stage.play();
  EXPECT_TRUE(stage.state("wf[0]").starts_with("Error: ")) << stage.state("wf[0]");
  EXPECT_EQ(stage.phase(), "Failed");
}

TEST(Recursion, EndsByItsCondition) {
  const std::string more = "- name: flip\n"
                           "  steps: [[{name: toss, template: pod}], [{name: again, template: flip, when: '{{steps.toss.outputs.result}} == tails'}]]\n";
  Stage stage(spec_of("steps: [[{name: go, template: flip}]]", more));
  stage.pods("*.toss", {{.result = "tails"}, {.result = "tails"}, {.result = "heads"}}).play();
  EXPECT_EQ(stage.phase(), "Succeeded");
  EXPECT_EQ(stage.created(), (std::vector<std::string>{"wf[0].go[0].toss", "wf[0].go[1].again[0].toss", "wf[0].go[1].again[1].again[0].toss"}));
  EXPECT_EQ(stage.state("wf[0].go[1].again[1].again[1].again"), "Skipped: when 'heads == tails' evaluated false");
}

TEST(Globals, ExportedOutputs) {  // OUT-20
  const std::string more = "- {name: made, container: {image: x}, outputs: {parameters: [{name: v, globalName: g, valueFrom: {path: /v}}]}}\n"
                           "- {name: take, inputs: {parameters: [{name: p}]}, container: {image: x}}\n";
  Stage stage(spec_of("steps: [[{name: a, template: made}], [{name: b, template: take, arguments: {parameters: [{name: p, value: '{{workflow.outputs.parameters.g}}'}]}}]]", more));
  stage.pods("*.a", {{.parameters = {{"v", "7"}}}});
  stage.play();
  EXPECT_EQ(stage.phase(), "Succeeded");
}

}  // namespace
}  // namespace wf::engine
