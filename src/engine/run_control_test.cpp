// SPDX-License-Identifier: Apache-2.0
// What users and limits do to running workflows: suspending, stopping, deadlines, daemons, parallelism,
// locks and memoization.
#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/operations.h"
#include "engine/testing.h"

namespace wf::engine {
namespace {

const End kFails{.exit_code = 1};
const End kStays{.stays = true};

std::string spec_of(std::string_view main, std::string_view more = "") {
  return cat("entrypoint: main\ntemplates:\n- {name: main, ", main, "}\n- {name: pod, container: {image: x}}\n", more);
}

json::Value changed(Result<json::Value> result) {
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message());
  return result.ok() ? *result : json::Value();
}

TEST(Suspend, UntilResumed) {  // SUS-1, SUS-6
  Stage stage(spec_of("steps: [[{name: wait, template: hold}], [{name: b, template: pod}]]", "- {name: hold, suspend: {}}\n"));
  stage.play();
  EXPECT_EQ(stage.state("wf[0].wait"), "Running");
  EXPECT_EQ(stage.node("wf[0].wait").type, NodeType::Suspend);
  stage.reload(changed(resume(stage.run().object(Times::Exact), "", stage.now())));
  stage.play();
  EXPECT_EQ(stage.state("wf[0].wait"), "Succeeded");
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Suspend, ForAWhile) {  // SUS-2, SUS-3, SUS-4
  Stage stage(spec_of("suspend: {duration: '20'}, outputs: {parameters: [{name: v, valueFrom: {supplied: {}, default: d}}]}"));
  stage.settle();
  EXPECT_EQ(stage.state("wf"), "Running");
  const Time begun = stage.node("wf").started_at;
  stage.play();
  EXPECT_EQ(stage.state("wf"), "Succeeded");
  EXPECT_GT(stage.now(), begun + std::chrono::seconds(20));
  EXPECT_LT(stage.now(), begun + std::chrono::seconds(25));
  EXPECT_EQ(stage.output("wf", "v"), "d");
}

TEST(Suspend, TheWholeWorkflow) {  // SUS-1
  Stage stage(spec_of("steps: [[{name: a, template: pod}], [{name: b, template: pod}]]"));
  stage.settle();
  stage.reload(changed(suspend(stage.run().object(Times::Exact))));
  stage.play();
  EXPECT_EQ(stage.state("wf[0].a"), "Succeeded");  // what runs goes on
  EXPECT_EQ(stage.state("wf[1].b"), "none");
  stage.reload(changed(resume(stage.run().object(Times::Exact), "", stage.now())));
  stage.play();
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Shutdown, Stop) {  // SHD-3, SHD-6
  Stage stage(cat("onExit: pod\n", spec_of("steps: [[{name: a, template: pod}], [{name: b, template: pod}]]")));
  stage.settle();
  stage.step();
  stage.settle();
  stage.reload(changed(stop(stage.run().object(Times::Exact), "", "", stage.now())));
  stage.play();
  EXPECT_EQ(stage.state("wf[0].a"), "Failed: workflow shutdown with strategy:  Stop");
  EXPECT_EQ(stage.state("wf[1].b"), "none");
  EXPECT_EQ(stage.state("wf.onExit"), "Succeeded");
  EXPECT_EQ(cat(stage.phase(), ": ", stage.message()), "Failed: Stopped with strategy 'Stop'");
}

TEST(Shutdown, Terminate) {  // SHD-2, SHD-4
  Stage stage(cat("onExit: pod\n", spec_of("steps: [[{name: a, template: pod}, {name: s, template: hold}]]", "- {name: hold, suspend: {}}\n")));
  stage.settle();
  stage.step();
  stage.settle();
  stage.reload(changed(terminate(stage.run().object(Times::Exact))));
  stage.play();
  EXPECT_EQ(stage.state("wf[0].a"), "Failed: workflow shutdown with strategy:  Terminate");
  EXPECT_EQ(stage.state("wf[0].s"), "Failed: Stopped with strategy 'Terminate'");
  EXPECT_EQ(stage.state("wf.onExit"), "none");
  EXPECT_EQ(cat(stage.phase(), ": ", stage.message()), "Failed: Stopped with strategy 'Terminate'");
}

TEST(Shutdown, OfADag) {  // DAG-17
  Stage stage(spec_of("dag: {tasks: [{name: A, template: pod}, {name: B, template: pod, depends: A.Failed}]}"));
  stage.settle();
  stage.step();
  stage.settle();
  stage.reload(changed(stop(stage.run().object(Times::Exact), "", "", stage.now())));
  stage.play();
  EXPECT_EQ(stage.state("wf.A"), "Failed: workflow shutdown with strategy:  Stop");
  EXPECT_EQ(stage.state("wf"), "Failed");
  EXPECT_EQ(stage.created(), std::vector<std::string>{"wf.A"});
}

TEST(Deadline, OfTheWorkflow) {  // TIM-2
  Stage stage(cat("activeDeadlineSeconds: 30\n", spec_of("steps: [[{name: a, template: pod}, {name: s, template: hold}]]", "- {name: hold, suspend: {}}\n")));
  stage.pods("*", {kStays});
  stage.play();
  EXPECT_EQ(stage.state("wf[0].a"), "Failed: Step exceeded its deadline");
  EXPECT_EQ(stage.state("wf[0].s"), "Failed: Step exceeded its deadline");
  EXPECT_EQ(stage.phase(), "Failed");
}

TEST(Deadline, ExitPodsIgnoreIt) {  // HOK-4, TIM-2
  Stage stage(cat("activeDeadlineSeconds: 30\nonExit: pod\n", spec_of("container: {image: x}")));
  stage.pods("wf", {kStays});
  stage.play();
  EXPECT_EQ(stage.state("wf"), "Failed: Step exceeded its deadline");
  EXPECT_EQ(stage.state("wf.onExit"), "Succeeded");
}

TEST(Deadline, TimeoutWhilePending) {  // TIM-5
  Stage stage(spec_of("timeout: 10s, container: {image: x}"));
  stage.settle();
  EXPECT_EQ(stage.state("wf"), "Pending");
  stage.wait(std::chrono::seconds(30));
  stage.settle();
  EXPECT_EQ(stage.state("wf"), "Failed: timeout");
  EXPECT_EQ(stage.living(), 0u);
}

TEST(Daemons, AreKilledAtTheirBoundarysEnd) {  // DMN-1, DMN-3
  Stage stage(spec_of("steps: [[{name: db, template: serve}], [{name: a, template: take, arguments: {parameters: [{name: ip, value: '{{steps.db.ip}}'}]}}]]",
                      "- {name: serve, daemon: true, container: {image: x}}\n- {name: take, inputs: {parameters: [{name: ip}]}, container: {image: x}}\n"));
  stage.settle();
  stage.step();
  stage.settle();
  EXPECT_EQ(stage.state("wf[0].db"), "Running");
  EXPECT_TRUE(stage.node("wf[0].db").daemoned);
  EXPECT_EQ(stage.state("wf[0]"), "Succeeded");
  EXPECT_EQ(stage.node("wf[1].a").inputs["parameters"].items()[0]["value"].as_string(), "10.0.0.1");
  stage.play();
  EXPECT_EQ(stage.state("wf[0].db"), "Succeeded");
  EXPECT_FALSE(stage.node("wf[0].db").daemoned);
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Daemons, ThatEndHaveFailed) {  // DMN-2, POD-5
  Stage stage(spec_of("daemon: true, container: {image: x}"));
  stage.pods("*", {{}});
  stage.play();
  EXPECT_NE(stage.phase(), "Running");
}

TEST(Parallelism, OfTheWorkflow) {  // PAR-1, PAR-4: example 1
  Stage stage(cat("parallelism: 1\n", spec_of("steps: [[{name: a, template: pod, withItems: [1, 2, 3]}]]")));
  stage.settle();
  EXPECT_EQ(stage.living(), 1u);
  EXPECT_EQ(stage.children("wf[0]"), "wf[0].a(0:1)");
  stage.finish("wf[0].a(0:1)");
  EXPECT_EQ(stage.children("wf[0]"), "wf[0].a(0:1) wf[0].a(1:2)");
  stage.play();
  EXPECT_EQ(stage.created(), (std::vector<std::string>{"wf[0].a(0:1)", "wf[0].a(1:2)", "wf[0].a(2:3)"}));
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Parallelism, OfATemplate) {  // PAR-3: example 2
  Stage stage(spec_of("parallelism: 2, dag: {tasks: [{name: A, template: pod, withItems: [1, 2, 3, 4]}]}"));
  stage.settle();
  EXPECT_EQ(stage.living(), 2u);
  stage.finish("wf.A(1:2)");
  EXPECT_EQ(stage.living(), 2u);
  EXPECT_EQ(stage.state("wf.A(2:3)"), "Pending");
  EXPECT_EQ(stage.state("wf.A(3:4)"), "none");
  stage.play();
  EXPECT_EQ(stage.phase(), "Succeeded");
}

TEST(Parallelism, FailFast) {  // PAR-5
  Stage stage(spec_of("parallelism: 1, failFast: true, steps: [[{name: a, template: pod, withItems: [1, 2, 3]}]]"));
  stage.pods("*", {kFails}).play();
  EXPECT_EQ(stage.created(), std::vector<std::string>{"wf[0].a(0:1)"});
  EXPECT_EQ(stage.state("wf"), "Failed: template has failed or errored children and failFast enabled");
}

constexpr std::string_view kMutex = "synchronization: {mutexes: [{name: m}]}";

TEST(Locks, OfTemplates) {  // SYN-7, SYN-11: example 3
  Stage stage(spec_of("steps: [[{name: a, template: one, withItems: [1, 2, 3]}]]", cat("- {name: one, container: {image: x}, ", kMutex, "}\n")));
  stage.settle();
  EXPECT_EQ(stage.created(), std::vector<std::string>{"wf[0].a(0:1)"});
  EXPECT_EQ(stage.state("wf[0].a(1:2)"), "Pending: Waiting for ns/Mutex/m lock. Lock status: 0/1");
  EXPECT_EQ(stage.node("wf[0].a(1:2)").extra->waiting_lock, "ns/Mutex/m");
  stage.finish("wf[0].a(0:1)");
  EXPECT_EQ(stage.state("wf[0].a(1:2)"), "Pending");
  stage.play();
  EXPECT_EQ(stage.phase(), "Succeeded");
  EXPECT_TRUE(stage.world().locks().empty());
}

TEST(Locks, OfWorkflows) {  // SYN-8, SYN-10: example 1
  TestWorld world;
  const std::string spec = cat(kMutex, "\n", spec_of("container: {image: x}"));
  Stage first(spec, &world, "first"), second(spec, &world, "second");
  first.settle();
  second.play();
  EXPECT_EQ(cat(second.phase(), ": ", second.message()), "Pending: Waiting for ns/Mutex/m lock. Lock status: 0/1");
  std::vector<std::string> woken;
  for (int i = 0; i < 9 && !first.run().ended(); ++i) {
    first.step();
    for (const std::string& key : first.turn().wake) woken.push_back(key);
  }
  EXPECT_EQ(woken, std::vector<std::string>{"ns/second"});
  second.play();
  EXPECT_EQ(second.phase(), "Succeeded");
  EXPECT_TRUE(world.locks().empty());
}

TEST(Memoization, SavedAndFound) {  // MEM-4, MEM-5
  TestWorld world;
  const std::string spec = spec_of("memoize: {key: k, maxAge: 1h, cache: {configMap: {name: c}}}, container: {image: x}, outputs: {parameters: [{name: v, valueFrom: {path: /v}}]}");
  Stage first(spec, &world, "first");
  first.pods("*", {{.parameters = {{"v", "7"}}}});
  first.settle();
  EXPECT_EQ(first.node("first").extra->memoization, read_json(R"({"hit":false,"key":"k","cacheName":"c"})"));
  first.play();
  Stage second(spec, &world, "second");
  second.settle();
  EXPECT_EQ(second.phase(), "Succeeded");
  EXPECT_EQ(second.created().size(), 0u);
  EXPECT_EQ(second.output("second", "v"), "7");
  EXPECT_TRUE(second.node("second").memo_hit());
  Stage late(spec, &world, "late");
  late.wait(std::chrono::hours(2));
  late.settle();
  EXPECT_EQ(late.created().size(), 1u);
}

TEST(Memoization, WrongKey) {  // MEM-1
  Stage stage(spec_of("memoize: {key: a b, cache: {configMap: {name: c}}}, container: {image: x}"));
  stage.play();
  EXPECT_EQ(stage.state("wf"), "Error: invalid cache key: a b");
}

TEST(Restart, LosesNothing) {  // EXE-19: after each turn everything is read back
  Stage stage(spec_of("steps: [[{name: a, template: pod, withItems: [1, 2]}], [{name: b, template: again}]]",
                      "- {name: again, retryStrategy: {limit: 2}, container: {image: x}}\n"));
  stage.pods("wf[1].b(*", {kFails, {}});
  for (int i = 0; i < 60 && !stage.run().ended(); ++i) {
    stage.turn();
    stage.restart();
    stage.step();
  }
  EXPECT_EQ(stage.phase(), "Succeeded");
  EXPECT_EQ(stage.created(), (std::vector<std::string>{"wf[0].a(0:1)", "wf[0].a(1:2)", "wf[1].b(0)", "wf[1].b(1)"}));
}

}  // namespace
}  // namespace wf::engine
