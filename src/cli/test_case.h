// SPDX-License-Identifier: Apache-2.0
// cli/test_case.h: one test of `argo test`: a workflow, what its pods do and what is expected.
// docs/testing.md has the format. Tests run in the simulator: no pod, no waiting.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "json/yaml.h"

namespace wf::cli {

struct TestCase {
  std::string name;
  std::string file;          // as it was given
  json::Document document;   // with the places of its lines
};

// A failed expectation, or what is wrong with the test itself.
struct TestFailure {
  uint32_t line = 0;
  std::string text;
};
struct TestOutcome {
  std::vector<TestFailure> failures;  // none: it passed
  double seconds = 0;
};

// The tests of a file, one a YAML document; an error names the line.
Result<std::vector<TestCase>> parse_tests(std::string_view text, const std::string& file);
TestOutcome run_test(const TestCase& test);

// What a simulation showed, as the expectations look at it.
struct Seen {
  std::string result;                  // finished, ended or limit
  std::string waiting_for;             // of a limit
  std::vector<json::Value> workflows;
  json::Value pod_order;               // node names
  std::vector<std::string> templates;  // of the pods, in their order
  json::Value events, commands;
  size_t peak = 0;                     // most pods at once
  std::vector<std::pair<std::string, size_t>> template_peaks;
};
// `expect` of the test's document against it.
std::vector<TestFailure> compare(const TestCase& test, const Seen& seen);

}  // namespace wf::cli
