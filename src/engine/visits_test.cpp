// SPDX-License-Identifier: Apache-2.0
// A turn costs what changed: one of very many siblings that ends is little work. And what is done that
// way is what the slow, obvious way does: walking over everything at each turn.
#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/testing.h"
#include "json/text.h"

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

// Equal seeds give equal workflows, outcomes and orders.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 1) {}
  size_t below(size_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<size_t>(state_ >> 11) % n;
  }
  bool once_in(size_t n) { return below(n) == 0; }

 private:
  uint64_t state_;
};

// What a call of a step or task may have beside its template.
std::string trimmings(Dice& dice) {
  std::string out;
  if (dice.once_in(4)) out += cat(", withItems: [x, 2, ", dice.below(9) + 10, "]");
  else if (dice.once_in(5)) out += cat(", withSequence: {count: ", dice.below(4), "}");
  if (dice.once_in(6)) out += dice.once_in(2) ? ", when: '1 == 2'" : ", when: 'a == a'";
  if (dice.once_in(4)) out += ", continueOn: {failed: true}";
  if (dice.once_in(6)) out += ", onExit: leaf";
  return out;
}

// A template of steps or tasks; `depth` levels may lie below it.
void add_composite(Dice& dice, int depth, std::string& templates, int& made, const std::string& name) {
  const auto callee = [&]() -> std::string {
    if (depth == 0 || !dice.once_in(3)) return dice.once_in(3) ? "again" : "leaf";
    const std::string inner = cat("t", ++made);
    add_composite(dice, depth - 1, templates, made, inner);
    return inner;
  };
  std::string body;
  const size_t count = dice.below(3) + 2;
  const bool dag = dice.once_in(2);
  for (size_t i = 0; i < count; ++i) {
    if (dag) {
      body += cat(i == 0 ? "" : ", ", "{name: T", i, ", template: ", callee(), trimmings(dice));
      if (i > 0 && !dice.once_in(3)) {
        constexpr const char* kResults[] = {"", "", ".Succeeded", ".Failed", ".AnySucceeded"};
        body += cat(", depends: T", dice.below(i), kResults[dice.below(5)], dice.once_in(3) ? cat(" || T", dice.below(i)) : "");
        if (const size_t at = body.rfind(", continueOn: {failed: true}"); at != std::string::npos && at > body.rfind("{name: T")) body.erase(at, 28);
      }
      body += "}";
    } else {
      body += i == 0 ? "[" : ", [";
      for (size_t k = 0; k <= dice.below(2); ++k) body += cat(k == 0 ? "" : ", ", "{name: s", i, "x", k, ", template: ", callee(), trimmings(dice), "}");
      body += "]";
    }
  }
  std::string limits = dice.once_in(5) ? cat(", parallelism: ", dice.below(2) + 1) : "";
  if (dice.once_in(6)) limits += ", failFast: true";
  if (dice.once_in(6)) limits += ", retryStrategy: {limit: 1}";
  templates += cat("- {name: ", name, limits, dag ? ", dag: {tasks: [" : ", steps: [", body, dag ? "]}}\n" : "]}\n");
}

std::string random_workflow(Dice& dice) {
  std::string templates;
  int made = 0;
  add_composite(dice, 2, templates, made, "main");
  return cat("entrypoint: main\n", dice.once_in(4) ? "parallelism: 2\n" : "", dice.once_in(4) ? "onExit: leaf\n" : "", "templates:\n", templates,
             "- {name: leaf, container: {image: x}", dice.once_in(5) ? ", synchronization: {mutexes: [{name: m}]}" : "", "}\n",
             "- {name: again, container: {image: x}, retryStrategy: {limit: 2", dice.once_in(3) ? ", backoff: {duration: '3', factor: 2}" : "", "}}\n");
}

std::string picture(Stage& stage) { return json::print_indented(stage.run().object(Times::Exact)); }

void compare_ways(uint64_t seed) {
  Dice dice(seed);
  const std::string spec = random_workflow(dice);
  std::vector<End> ends;
  for (int i = 0; i < 40; ++i) {
    End& end = ends.emplace_back();
    end.exit_code = dice.once_in(4) ? 1 : 0;
    end.wait_exit_code = dice.once_in(12) ? 1 : 0;
  }
  ends.push_back({});
  Stage quick(spec), slow(spec);
  slow.forgetful = true;
  for (Stage* stage : {&quick, &slow}) stage->pods("*", ends);
  for (int i = 0; i < 1'000; ++i) {
    quick.turn();
    slow.turn();
    ASSERT_EQ(picture(quick), picture(slow)) << "seed " << seed << ", turn " << i << "\n" << spec;
    ASSERT_EQ(quick.created(), slow.created()) << "seed " << seed << ", turn " << i;
    if (quick.run().ended()) return;
    for (size_t n = dice.below(3); n > 0; --n) {
      const size_t which = dice.below(100);
      ASSERT_EQ(quick.step(which), slow.step(which));
    }
  }
  ADD_FAILURE() << "seed " << seed << " does not end:\n" << spec << quick.nodes();
}

TEST(Visits, TheSameAsWalkingOverEverything) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    compare_ways(seed);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace wf::engine
