// SPDX-License-Identifier: Apache-2.0
#include "cli/test_case.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>

#include "base/text.h"
#include "cli/simulation_input.h"
#include "engine/operations.h"
#include "io/file.h"
#include "simulate/simulation.h"

namespace wf::cli {
namespace {

constexpr std::string_view kMembers[] = {"test", "rules", "workflow", "objects", "parameters", "outcomes", "config", "at", "maxTime", "expect"};

std::string beside(const std::string& file, std::string_view path) {
  return (std::filesystem::path(file).parent_path() / path).string();
}

// A path to a file beside the test, an object, or a list of either.
Result<void> add_objects(const TestCase& test, const json::Value& given, std::vector<json::Value>& objects) {
  if (given.is_array()) {
    for (const json::Value& each : given.items()) TRY_DO(add_objects(test, each, objects));
    return {};
  }
  std::vector<json::Value> more;
  if (given.is_string()) {
    const std::string path = beside(test.file, given.as_string());
    TRY(const std::string text, io::read_file(path));
    TRY(more, parse_simulated_objects(text, path));
  } else {
    TRY(more, parse_simulated_objects(json::print_yaml(given), test.file));
    if (more.empty()) return Error("an object needs apiVersion and kind");
  }
  objects.insert(objects.end(), more.begin(), more.end());
  return {};
}

struct Parts {
  std::vector<json::Value> objects;
  simulate::Outcomes outcomes;
  simulate::Setting setting;
};

Result<Parts> parts_of(const TestCase& test) {
  const json::Value& document = test.document.value;
  Parts parts;
  TRY_DO(add_objects(test, document["objects"].is_null() ? json::Value::array() : document["objects"], parts.objects));
  if (!document["workflow"].is_null()) TRY_DO(add_objects(test, document["workflow"], parts.objects));
  if (std::none_of(parts.objects.begin(), parts.objects.end(), is_workflow)) return Error("the test has no workflow");
  std::vector<std::string> parameters;
  for (const json::Member& each : document["parameters"].members()) {
    parameters.push_back(cat(each.key(), "=", each.value.is_string() ? each.value.as_string() : each.value.number_text()));
  }
  for (json::Value& object : parts.objects) {
    if (!is_workflow(object) || parameters.empty()) continue;
    TRY(json::Value arguments, engine::override_parameters(object["spec"]["arguments"], parameters));
    object.at("spec").set("arguments", std::move(arguments));
  }
  if (document["outcomes"].is_string()) {
    TRY(parts.outcomes, read_outcomes(beside(test.file, document["outcomes"].as_string())));
  } else if (document.has("outcomes")) {
    TRY(parts.outcomes, simulate::parse_outcomes(document["outcomes"]));
  }
  parts.setting.any_image = !document.has("config");
  if (document.has("config")) {
    TRY(parts.setting.config, config::ControllerConfig::from_settings(document["config"]));
  }
  if (document.has("at")) {
    TRY(parts.setting.at, parse_rfc3339(document["at"].as_string()));
  }
  if (document.has("maxTime")) {
    TRY(parts.setting.time_max, parse_span(document["maxTime"].as_string(), "maxTime"));
  }
  return parts;
}

// Counts the pods that are there at once.
class Peaks {
 public:
  void look(const engine::Run& run, const std::vector<engine::NodeIndex>& changed) {
    Running& running = now_[run.name()];
    for (const engine::NodeIndex index : changed) {
      const engine::Node& node = run.nodes()[index];
      const bool there = node.type == engine::NodeType::Pod && (node.phase == engine::Phase::Running || node.phase == engine::Phase::Pending);
      const bool known = running.nodes.contains(index);
      if (there == known) continue;
      if (there) running.nodes.insert(index);
      else running.nodes.erase(index);
      running.of_templates[run.nodes().interned.at(node.template_name)] += there ? 1 : size_t(-1);
    }
    size_t total = 0;
    std::map<std::string, size_t> by_template;
    for (const auto& [name, each] : now_) {
      for (const auto& [tmpl, count] : each.of_templates) {
        total += count;
        by_template[tmpl] += count;
      }
    }
    peak = std::max(peak, total);
    for (const auto& [tmpl, count] : by_template) of_templates[tmpl] = std::max(of_templates[tmpl], count);
  }

  // Another state took the workflow's place.
  void look_anew(const engine::Run& run) {
    now_.erase(run.name());
    std::vector<engine::NodeIndex> all(run.nodes().size());
    std::iota(all.begin(), all.end(), engine::NodeIndex{0});
    look(run, all);
  }

  size_t peak = 0;
  std::map<std::string, size_t> of_templates;

 private:
  struct Running {
    std::set<engine::NodeIndex> nodes;
    std::map<std::string, size_t> of_templates;
  };
  std::map<std::string, Running> now_;
};

Seen simulate_parts(Parts parts) {
  simulate::Simulation simulation(std::move(parts.objects), std::move(parts.outcomes), parts.setting);
  Peaks peaks;
  simulation.on_change = [&](const engine::Run& run, const std::vector<engine::NodeIndex>& changed, Time) { peaks.look(run, changed); };
  simulation.on_load = [&](const engine::Run& run) { peaks.look_anew(run); };
  const simulate::Ending ending = simulation.run();
  const json::Value report = simulation.report(ending);
  Seen seen{.result = std::string(report["result"].as_string()),
            .waiting_for = ending == simulate::Ending::Limit ? simulation.waiting_for() : "",
            .workflows = simulation.workflows(),
            .pod_order = report["podOrder"],
            .templates = {},
            .events = report["events"],
            .commands = report["commands"],
            .peak = peaks.peak,
            .template_peaks = {peaks.of_templates.begin(), peaks.of_templates.end()}};
  std::map<std::string, std::string> template_of_node;
  for (const json::Value& workflow : seen.workflows) {
    for (const json::Member& node : workflow["status"]["nodes"].members()) {
      const auto referred = node.value["templateRef"]["template"].as_string();
      template_of_node[std::string(node.value["name"].as_string())] = referred.empty() ? node.value["templateName"].as_string() : referred;
    }
  }
  for (const json::Value& name : seen.pod_order.items()) seen.templates.push_back(template_of_node[std::string(name.as_string())]);
  return seen;
}

Result<void> check_members(const TestCase& test) {
  for (const json::Member& member : test.document.value.members()) {
    if (std::find(std::begin(kMembers), std::end(kMembers), member.key()) != std::end(kMembers)) continue;
    return Error(cat(test.file, ":", test.document.position_of(cat("/", member.key())).line, ": unknown field ", go_quote(member.key()), " of a test"));
  }
  if (!test.document.value["expect"].is_object()) return Error(cat(test.file, ": test ", go_quote(test.name), " expects nothing: it needs the field \"expect\""));
  return {};
}

}  // namespace

Result<std::vector<TestCase>> parse_tests(std::string_view text, const std::string& file) {
  std::vector<TestCase> tests;
  for (const json::Manifest& manifest : json::split_manifests(text)) {
    auto document = json::parse_yaml(manifest.text, json::DuplicateKeys::Refuse, manifest.first_line);
    if (!document.ok()) return std::move(document.error()).wrap(file);
    if (document->value.is_null()) continue;
    if (!document->value.is_object()) return Error(cat(file, ":", manifest.first_line, ": a test is an object with the fields test, workflow, outcomes and expect"));
    TestCase test{std::string(document->value["test"].as_string()), file, std::move(*document)};
    if (test.name.empty()) test.name = cat("line ", manifest.first_line);
    TRY_DO(check_members(test));
    tests.push_back(std::move(test));
  }
  return tests;
}

TestOutcome run_test(const TestCase& test) {
  const auto begin = std::chrono::steady_clock::now();
  TestOutcome outcome;
  auto parts = parts_of(test);
  if (parts.ok()) {
    outcome.failures = compare(test, simulate_parts(std::move(*parts)));
  } else {
    outcome.failures.push_back({test.document.position_of("").line, parts.error().message()});
  }
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return outcome;
}

}  // namespace wf::cli
