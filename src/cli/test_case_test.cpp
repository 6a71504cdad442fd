// SPDX-License-Identifier: Apache-2.0
#include "cli/test_case.h"

#include <gtest/gtest.h>

namespace wf::cli {
namespace {

constexpr std::string_view kTest = R"yaml(test: retries
workflow:
  apiVersion: argoproj.io/v1alpha1
  kind: Workflow
  metadata: {name: wf}
  spec:
    entrypoint: main
    templates:
    - name: main
      retryStrategy: {limit: 1}
      container: {image: busybox, command: [echo]}
outcomes:
  pods:
  - {node: "wf(0)", exitCode: 1}
expect:
)yaml";

std::vector<TestFailure> failures_of(const std::string& expect) {
  const auto tests = parse_tests(std::string(kTest) + expect, "t.yaml");
  EXPECT_TRUE(tests.ok());
  return run_test((*tests)[0]).failures;
}

TEST(TestCase, PassesWhereAllHolds) {
  EXPECT_TRUE(failures_of("  phase: Succeeded\n  pods: {'wf(*': 2}\n  nodes: {'wf(0)': Failed, 'wf(1)': Succeeded}\n").empty());
}

TEST(TestCase, TellsTheLineOfWhatFailed) {
  const auto failures = failures_of("  phase: Succeeded\n  pods:\n    'wf(*': 3\n");
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].line, 18u);
  EXPECT_EQ(failures[0].text, "expected pods of nodes wf(*: 3, got 2");
}

TEST(TestCase, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(failures_of("  fase: Succeeded\n").size(), 1u);
  EXPECT_FALSE(parse_tests("test: x\nexpects: {}\n", "t.yaml").ok());
}

}  // namespace
}  // namespace wf::cli
