// SPDX-License-Identifier: Apache-2.0
// Retries, hooks and exit handlers of whole workflows.
#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/testing.h"

namespace wf::engine {
namespace {

const End kFails{.exit_code = 1};
const End kErrs{.wait_exit_code = 1};

// One template with this retryStrategy.
std::string retrying(std::string_view strategy, std::string_view more = "") {
  return cat("entrypoint: t\n", more, "templates:\n- {name: t, container: {image: x}, retryStrategy: ", strategy, "}\n");
}

std::string after(std::string_view strategy, std::vector<End> ends) {
  Stage stage(retrying(strategy));
  stage.pods("*", std::move(ends)).play();
  return cat(stage.created().size(), " ", stage.state("wf"));
}

TEST(Retry, UpToTheLimit) {  // RTY-2, RTY-4: example 1
  Stage stage(retrying("{limit: 2}"));
  stage.pods("*", {kFails}).play();
  EXPECT_EQ(stage.nodes(),
            "wf Retry Failed: No more retries left\n"
            "(0) Pod Failed: main: Error (exit code 1)\n(1) Pod Failed: main: Error (exit code 1)\n(2) Pod Failed: main: Error (exit code 1)\n");
  EXPECT_EQ(stage.children("wf"), "wf(0) wf(1) wf(2)");
  EXPECT_TRUE(stage.node("wf(1)").flag.retried);
  EXPECT_FALSE(stage.node("wf").flag.retried);
}

TEST(Retry, Decisions) {  // RTY-4, RTY-5, RTY-10
  EXPECT_EQ(after("{limit: '1'}", {kFails, {}}), "2 Succeeded");
  EXPECT_EQ(after("{limit: 0}", {kFails}), "1 Failed: No more retries left");
  EXPECT_EQ(after("{}", {kFails, kFails, kFails, {}}), "4 Succeeded");
  EXPECT_EQ(after("{limit: 3, retryPolicy: OnError}", {kFails}), "1 Failed: main: Error (exit code 1)");
  EXPECT_EQ(after("{limit: 3, retryPolicy: OnError}", {kErrs, {}}), "2 Succeeded");
  EXPECT_EQ(after("{limit: 3}", {kErrs, {}}), "1 Error: wait: Error (exit code 1)");
  EXPECT_EQ(after("{limit: 3, retryPolicy: Always}", {kErrs, kFails, {}}), "3 Succeeded");
  EXPECT_EQ(after("{limit: 3, retryPolicy: OnTransientError}", {kFails}), "1 Failed: main: Error (exit code 1)");
  EXPECT_EQ(after("{limit: 3, retryPolicy: OnTransientError}", {{.exit_code = 1, .message = "dial tcp: i/o timeout"}, {}}), "2 Succeeded");
  EXPECT_EQ(after("{limit: 3, retryPolicy: Sometimes}", {kFails}), "1 Error: Sometimes is not a valid RetryPolicy");
}

TEST(Retry, Expression) {  // RTY-10, RTY-12: example 5
  EXPECT_EQ(after("{limit: 3, expression: 'lastRetry.exitCode != \"2\"'}", {kFails, {.exit_code = 2}}),
            "2 Failed: retryStrategy.expression evaluated to false");
  EXPECT_EQ(after("{limit: 9, expression: 'asInt(retries) < 2'}", {kFails}), "3 Failed: retryStrategy.expression evaluated to false");
  EXPECT_EQ(after("{limit: 3, expression: 'lastRetry.status == \"Error\"'}", {kErrs, {}}), "2 Succeeded");  // the policy is Always
}

TEST(Retry, Backoff) {  // RTY-7, RTY-9: example 3
  Stage stage(retrying("{limit: 5, backoff: {duration: '10', factor: 2}}"));
  stage.pods("*", {kFails});
  stage.settle();
  stage.finish("wf(0)");
  EXPECT_EQ(stage.state("wf"), "Running: Backoff for 10 seconds");
  EXPECT_EQ(stage.state("wf(1)"), "none");
  const Time rested = stage.node("wf(0)").finished_at + std::chrono::seconds(10);
  EXPECT_EQ(whole_seconds(stage.turn().wake_at), whole_seconds(rested));
  stage.wait(std::chrono::seconds(15));
  stage.settle();
  EXPECT_EQ(stage.state("wf"), "Running");
  stage.finish("wf(1)");
  EXPECT_EQ(stage.state("wf"), "Running: Backoff for 20 seconds");
  stage.play();
  EXPECT_EQ(stage.state("wf"), "Failed: No more retries left");
  EXPECT_EQ(stage.created().size(), 6u);
}

TEST(Retry, BackoffEnds) {  // RTY-6, RTY-8: example 6
  EXPECT_EQ(after("{limit: 3, backoff: {duration: '20', maxDuration: '10'}}", {kFails}), "1 Failed: Backoff would exceed max duration limit");
  EXPECT_EQ(after("{limit: 3, backoff: {factor: 2}}", {kFails}), "1 Error: no base duration specified for retryStrategy");
}

TEST(Retry, OfADag) {  // RTY-1, RTY-19
  Stage stage("entrypoint: d\ntemplates:\n- {name: d, retryStrategy: {limit: 1}, dag: {tasks: [{name: A, template: p}]}}\n- {name: p, container: {image: x}}\n");
  stage.pods("*", {kFails, {}}).play();
  EXPECT_EQ(stage.nodes(), "wf Retry Succeeded\n(0) DAG Failed\n(0).A Pod Failed: main: Error (exit code 1)\n(1) DAG Succeeded\n(1).A Pod Succeeded\n");
}

TEST(Retry, ALostPodIsAnError) {  // POD-16: example 7
  Stage stage(retrying("{limit: 1}"));
  stage.pods("*", {{.vanishes = true}});
  stage.settle();
  EXPECT_TRUE(stage.step());
  stage.settle();
  stage.wait(std::chrono::seconds(60));
  stage.play();
  EXPECT_EQ(stage.state("wf"), "Error: pod deleted");
}

TEST(Retry, LastAttemptsOutputs) {  // OUT-8
  Stage stage("entrypoint: t\ntemplates:\n- {name: t, container: {image: x}, retryStrategy: {limit: 1}, outputs: {parameters: [{name: v, valueFrom: {path: /v}}]}}\n");
  stage.pods("*", {kFails, {.parameters = {{"v", "7"}}}}).play();
  EXPECT_EQ(stage.output("wf", "v"), "7");
}

TEST(Retry, OfTheWholeWorkflow) {  // RTY-1
  Stage stage("entrypoint: m\nretryStrategy: {limit: 1}\ntemplates:\n- {name: m, steps: [[{name: a, template: p}]]}\n- {name: p, container: {image: x}}\n");
  stage.pods("*", {kFails, {}}).play();
  EXPECT_EQ(stage.nodes(), "wf Retry Succeeded\n(0) Steps Succeeded\n(0)[0] StepGroup Succeeded\n(0)[0].a Retry Succeeded\n"
                           "(0)[0].a(0) Pod Failed: main: Error (exit code 1)\n(0)[0].a(1) Pod Succeeded\n");
}

constexpr std::string_view kPods = "\n- {name: p, container: {image: x}}\n- {name: h, container: {image: x}}\n";

TEST(Hooks, ExitHandler) {  // HOK-2: example 1
  Stage stage(cat("entrypoint: p\nonExit: h\ntemplates:", kPods));
  stage.pods("wf", {kFails}).play();
  EXPECT_EQ(stage.nodes(), "wf Pod Failed: main: Error (exit code 1)\n.onExit Pod Succeeded\n");
  EXPECT_TRUE(stage.node("wf.onExit").flag.hooked);
  EXPECT_EQ(stage.children("wf"), "");
  EXPECT_EQ(cat(stage.phase(), ": ", stage.message()), "Failed: main: Error (exit code 1)");
}

TEST(Hooks, AFailingExitHandlerFails) {  // REC: the exit handler's failure is the workflow's
  Stage stage(cat("entrypoint: p\nhooks: {exit: {template: h}}\ntemplates:", kPods));
  stage.pods("wf.onExit", {kFails}).play();
  EXPECT_EQ(stage.state("wf"), "Succeeded");
  EXPECT_EQ(stage.phase(), "Failed");
}

TEST(Hooks, OfTheWorkflow) {  // HOK-6: example 2
  Stage stage(cat("entrypoint: p\nhooks: {running: {expression: 'workflow.status == \"Running\"', template: h}, "
                  "never: {expression: 'workflow.status == \"Error\"', template: h}}\ntemplates:", kPods));
  stage.play();
  EXPECT_EQ(stage.state("wf.hooks.running"), "Succeeded");
  EXPECT_EQ(stage.state("wf.hooks.never"), "none");
  EXPECT_EQ(stage.children("wf"), "wf.hooks.running");
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Hooks, ExitOfAStep) {  // HOK-10: example 4
  Stage stage(cat("entrypoint: m\ntemplates:\n- {name: m, steps: [[{name: a, template: p, onExit: h}], [{name: b, template: p}]]}", kPods));
  stage.pods("wf[0].a", {kFails});
  stage.settle();
  stage.finish("wf[0].a");
  EXPECT_EQ(stage.state("wf[0]"), "Running");
  EXPECT_EQ(stage.state("wf[0].a.onExit"), "Pending");
  stage.play();
  EXPECT_EQ(stage.state("wf[0].a.onExit"), "Succeeded");
  EXPECT_EQ(stage.state("wf[0]"), cat("Failed: child '", stage.run().nodes().id_of_name("wf[0].a"), "' failed"));
}

TEST(Hooks, SkippedTasksHaveNoExit) {  // HOK-10: example 5
  Stage stage(cat("entrypoint: m\ntemplates:\n- {name: m, dag: {tasks: [{name: A, template: p, when: '1 == 2', onExit: h}, {name: B, template: p, depends: A, onExit: h}]}}", kPods));
  stage.play();
  EXPECT_EQ(stage.state("wf.A.onExit"), "none");
  EXPECT_EQ(stage.state("wf.B.onExit"), "Succeeded");
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Hooks, OfATask) {  // DAG-16, DAG-8: an unfinished hook holds back what follows
  Stage stage(cat("entrypoint: m\ntemplates:\n- {name: m, dag: {tasks: [{name: A, template: p, hooks: {run: {expression: 'tasks.A.status == \"Running\"', template: h}}}, "
                  "{name: B, template: p, depends: A}]}}", kPods));
  stage.settle();
  stage.step();
  stage.settle();
  EXPECT_EQ(stage.state("wf.A.hooks.run"), "Pending");
  stage.finish("wf.A");
  EXPECT_EQ(stage.state("wf.A"), "Succeeded");
  EXPECT_EQ(stage.state("wf.B"), "none");
  stage.play();
  EXPECT_EQ(stage.state("wf.B"), "Succeeded");
}

}  // namespace
}  // namespace wf::engine
