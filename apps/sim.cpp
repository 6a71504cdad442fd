// SPDX-License-Identifier: Apache-2.0
// sim: the controller under faults. Random workflows, each run without faults and with them.
//
//   sim [--seeds N] [--seed S] [--verbose]
//
// Runs seeds 1 to N (200), or S alone. Exit status 1 where something did not hold; each failing seed
// is printed with the command that runs it alone.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "json/text.h"
#include "sim/course.h"

namespace {

using namespace wf;

// The first thing in which the two differ.
std::string difference(const sim::Outcome& plain, const sim::Outcome& faulty) {
  for (const auto& [name, expected] : plain.workflows) {
    const auto got = faulty.workflows.find(name);
    if (got == faulty.workflows.end()) continue;  // said already
    for (const json::Member& node : expected.members()) {
      const json::Value& other = got->second[node.key()];
      if (!(other == node.value)) {
        return cat("workflow ", name, ", ", node.key(), ": ", json::print(other), " instead of ", json::print(node.value));
      }
    }
    for (const json::Member& node : got->second.members()) {
      if (!expected.has(node.key())) return cat("workflow ", name, " has a further node ", node.key(), ": ", json::print(node.value));
    }
  }
  if (plain.created != faulty.created) return "other pods were created";
  return "";
}

std::vector<std::string> run_seed(uint64_t seed, bool verbose) {
  const sim::Scenario scenario = sim::make_scenario(seed);
  sim::Seeded random(seed * 3 + 7);
  const sim::Faults faults = sim::Faults::from(random);
  if (verbose) {
    for (const json::Value& workflow : scenario.workflows) std::printf("%s\n", json::print(workflow).c_str());
  }
  sim::Course plain(scenario, sim::Faults::none(), seed);
  if (verbose) plain.set_verbose();
  sim::Outcome expected = plain.run();
  for (std::string& problem : expected.problems) problem = cat("without faults: ", problem);
  if (!expected.problems.empty()) return expected.problems;
  sim::Course course(scenario, faults, seed);
  if (verbose) course.set_verbose();
  sim::Outcome outcome = course.run();
  if (verbose) std::printf("%d steps, %d crashes\n", outcome.steps, outcome.crashes);
  if (outcome.problems.empty() && !scenario.timed && !faults.changes_outcome()) {
    std::string different = difference(expected, outcome);
    if (!different.empty()) outcome.problems.push_back(std::move(different));
  }
  return outcome.problems;
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t first = 1, last = 200;
  bool verbose = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (flag == "--verbose") {
      verbose = true;
    } else if (flag == "--seeds" && *value != 0) {
      last = std::strtoull(argv[++i], nullptr, 10);
    } else if (flag == "--seed" && *value != 0) {
      first = last = std::strtoull(argv[++i], nullptr, 10);
    } else {
      std::fprintf(stderr, "sim [--seeds N] [--seed S] [--verbose]\n");
      return 2;
    }
  }
  int failed = 0;
  for (uint64_t seed = first; seed <= last; ++seed) {
    const auto problems = run_seed(seed, verbose);
    if (problems.empty()) continue;
    ++failed;
    std::printf("seed %llu: ./dev sim --seed %llu\n", static_cast<unsigned long long>(seed), static_cast<unsigned long long>(seed));
    for (const std::string& problem : problems) std::printf("  %.*s\n", 1500, problem.c_str());
    std::fflush(stdout);
  }
  std::printf("%llu seeds, %d failed\n", static_cast<unsigned long long>(last - first + 1), failed);
  return failed == 0 ? 0 : 1;
}
