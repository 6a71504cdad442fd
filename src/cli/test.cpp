// SPDX-License-Identifier: Apache-2.0
// argo test: runs files of tests, tells which expectations failed and where they stand.
#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "cli/flags.h"
#include "cli/manifests.h"
#include "cli/terminal.h"
#include "cli/test_case.h"
#include "io/file.h"

namespace wf::cli {
namespace {

struct Ran {
  const TestCase* test;
  TestOutcome outcome;
};

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", seconds);
  return text;
}

std::string escaped_xml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default:
        // Other control characters have no place in XML.
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

std::string place(const TestCase& test, const TestFailure& failure) { return cat(test.file, ":", failure.line); }

std::string junit_case(const Ran& ran) {
  std::string out = cat("    <testcase name=\"", escaped_xml(ran.test->name), "\" classname=\"", escaped_xml(ran.test->file), "\" file=\"",
                        escaped_xml(ran.test->file), "\" time=\"", seconds_text(ran.outcome.seconds), "\"");
  if (ran.outcome.failures.empty()) return out + "/>\n";
  out += ">\n";
  for (const TestFailure& failure : ran.outcome.failures) {
    out += cat("      <failure message=\"", escaped_xml(failure.text), "\">", escaped_xml(cat(place(*ran.test, failure), ": ", failure.text)), "</failure>\n");
  }
  return out + "    </testcase>\n";
}

// One suite a file.
std::string junit(const std::vector<Ran>& all) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (size_t from = 0; from < all.size();) {
    size_t to = from, failures = 0;
    double seconds = 0;
    std::string cases;
    for (; to < all.size() && all[to].test->file == all[from].test->file; ++to) {
      failures += all[to].outcome.failures.empty() ? 0 : 1;
      seconds += all[to].outcome.seconds;
      cases += junit_case(all[to]);
    }
    out += cat("  <testsuite name=\"", escaped_xml(all[from].test->file), "\" tests=\"", to - from, "\" failures=\"", failures, "\" time=\"",
               seconds_text(seconds), "\">\n", cases, "  </testsuite>\n");
    from = to;
  }
  return out + "</testsuites>\n";
}

void tell(const Ran& ran, const print::Style& style, bool quiet) {
  const bool good = ran.outcome.failures.empty();
  if (good && quiet) return;
  print(cat(print::phase_sign(good ? "Succeeded" : "Failed", style), " ", ran.test->name, "  (", ran.test->file, ")\n"));
  for (const TestFailure& failure : ran.outcome.failures) print(cat("    ", place(*ran.test, failure), ": ", failure.text, "\n"));
}

Result<std::vector<TestCase>> read_tests(const std::vector<std::string>& paths) {
  TRY(const std::vector<ManifestFile> files, read_manifests(paths));
  std::vector<TestCase> tests;
  for (const ManifestFile& file : files) {
    TRY(std::vector<TestCase> more, parse_tests(file.text, file.path));
    std::move(more.begin(), more.end(), std::back_inserter(tests));
  }
  if (tests.empty()) return Error("no test in the given files");
  return tests;
}

}  // namespace

int test(Arguments arguments) {
  std::string junit_file, only;
  bool quiet = false, no_color = false, no_utf8 = false;
  Flags flags("test FILE... [flags]", "run tests of workflows: scripted outcomes and what is expected of the run");
  flags.example("  argo test tests/                    # all files of a folder\n  argo test --run '*retry*' --junit report.xml tests/pipeline.yaml");
  flags.text("--junit", junit_file, "also write a report in JUnit's XML to this file");
  flags.text("--run", only, "only tests with a name that fits this glob");
  flags.flag("-q,--quiet", quiet, "tell of failures only");
  flags.flag("--no-color", no_color, "Disable colorized output");
  flags.flag("--no-utf8", no_utf8, "Use plain 7-bits ascii characters");
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  const auto tests = read_tests(flags.operands());
  if (!tests.ok()) return fail(tests.error());
  const print::Style style = output_style(no_color, no_utf8);
  std::vector<Ran> all;
  size_t failed = 0;
  double seconds = 0;
  for (const TestCase& each : *tests) {
    if (!only.empty() && !glob_match(only, each.name)) continue;
    all.push_back({&each, run_test(each)});
    failed += all.back().outcome.failures.empty() ? 0 : 1;
    seconds += all.back().outcome.seconds;
    tell(all.back(), style, quiet);
  }
  if (!junit_file.empty()) {
    const auto written = io::write_file(junit_file, junit(all), 0644, io::Durable::No);
    if (!written.ok()) return fail(written.error());
  }
  print(cat(all.size() - failed, " passed, ", failed, " failed (", seconds_text(seconds), " s)\n"));
  return failed == 0 && !all.empty() ? 0 : 1;
}

}  // namespace wf::cli
