// SPDX-License-Identifier: Apache-2.0
// A turn costs what changed: one of very many siblings that ends is little work.
#include <gtest/gtest.h>

#include "engine/testing.h"

namespace wf::engine {
namespace {

size_t visits_of_one_end(std::string_view spec, std::string_view node) {
  Stage stage(spec);
  Run& run = stage.run();
  Time now = stage.now();
  for (int i = 0; i < 3; ++i) run.turn({}, now += std::chrono::seconds(1));
  const NodeIndex index = run.nodes().find(node);
  EXPECT_NE(index, kNoNode);
  EXPECT_GT(run.nodes().size(), 100'000u);
  PodSeen pod;
  pod.ns = "ns";
  pod.name = "pod";
  pod.workflow = "wf";
  pod.node_id = run.nodes().id(index);
  pod.phase = "Succeeded";
  TaskResult result;
  result.node_id = pod.node_id;
  result.complete = true;
  Observed seen;
  seen.pods.push_back(pod);
  seen.results.push_back(result);
  const Turn turn = run.turn(seen, now += std::chrono::seconds(1));
  EXPECT_EQ(run.nodes()[index].phase, Phase::Succeeded);
  EXPECT_TRUE(turn.changed);
  EXPECT_GT(turn.visited, 0u);
  return turn.visited;
}

TEST(Visits, OneOfManySteps) {
  EXPECT_LE(visits_of_one_end("entrypoint: m\ntemplates:\n- {name: m, steps: [[{name: a, template: p, withSequence: {count: 100000}}]]}\n- {name: p, container: {image: x}}\n",
                              "wf[0].a(777:777)"),
            16u);
}

TEST(Visits, OneOfManyTasks) {
  EXPECT_LE(visits_of_one_end("entrypoint: m\ntemplates:\n- {name: m, dag: {tasks: [{name: a, template: p, withSequence: {count: 100000}}]}}\n- {name: p, container: {image: x}}\n",
                              "wf.a(777:777)"),
            16u);
}

}  // namespace
}  // namespace wf::engine
