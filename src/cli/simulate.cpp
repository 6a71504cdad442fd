// SPDX-License-Identifier: Apache-2.0
// argo simulate: runs workflows against scripted outcomes under a virtual clock.
#include <cstdio>
#include <map>
#include <numeric>
#include <optional>

#include "base/text.h"
#include "cli/flags.h"
#include "cli/simulation_input.h"
#include "cli/terminal.h"
#include "executor/artifact_store.h"
#include "expr/duration.h"
#include "io/file.h"
#include "json/text.h"
#include "print/get_screen.h"
#include "simulate/simulation.h"

namespace wf::cli {
namespace {

struct Options {
  std::string ns = "default", config, outcomes, at, output, time_max;
  std::optional<int64_t> seed, nodes_max;
  bool watch = false, exit_status = false, no_color = false, no_utf8 = false;
};

struct Input {
  std::vector<json::Value> objects;
  simulate::Outcomes outcomes;
  simulate::Setting setting;
};

// A folder with objects.yaml is a case with its outcomes beside it.
Result<void> read_case(const std::vector<std::string>& paths, const Options& options, Input& input) {
  std::string outcomes = options.outcomes;
  std::vector<std::string> files = paths;
  if (paths.size() == 1 && io::exists(paths[0] + "/objects.yaml")) {
    files = {paths[0] + "/objects.yaml"};
    if (outcomes.empty() && io::exists(paths[0] + "/outcomes.yaml")) outcomes = paths[0] + "/outcomes.yaml";
  }
  TRY(input.objects, read_simulated_objects(files));
  if (!outcomes.empty()) {
    TRY(input.outcomes, read_outcomes(outcomes));
  }
  return {};
}

// Where a seed is given, generated names end in letters drawn from it, as a server would add them.
void name_by_seed(std::vector<json::Value>& objects, uint64_t seed) {
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  for (json::Value& object : objects) {
    const json::Value& metadata = object["metadata"];
    if (!metadata["name"].as_string().empty() || metadata["generateName"].as_string().empty()) continue;
    std::string name(metadata["generateName"].as_string());
    for (int i = 0; i < 5; ++i) {
      seed = seed * 6364136223846793005U + 1442695040888963407U;
      name += kLetters[(seed >> 33) % kLetters.size()];
    }
    object.at("metadata").set("name", name);
  }
}

Result<Input> read_input(const std::vector<std::string>& paths, const Options& options) {
  Input input;
  TRY_DO(read_case(paths, options, input));
  if (options.seed) name_by_seed(input.objects, static_cast<uint64_t>(*options.seed));
  input.setting.ns = options.ns;
  TRY(input.setting.config, read_controller_config(options.config));
  input.setting.any_image = options.config.empty();
  if (options.config.empty()) {
    // As the engine of this machine has it: artifacts need no configuration.
    json::Value settings = input.setting.config.settings();
    settings.set("artifactRepository", executor::embedded_repository());
    TRY(input.setting.config, config::ControllerConfig::from_settings(std::move(settings)));
  }
  if (!options.at.empty()) {
    TRY(input.setting.at, parse_rfc3339(options.at));
  }
  if (!options.time_max.empty()) {
    TRY(input.setting.time_max, parse_span(options.time_max, "--max-time"));
  }
  if (options.nodes_max) {
    if (*options.nodes_max < 1) return Error("--max-nodes must be at least 1");
    input.setting.nodes_max = static_cast<size_t>(*options.nodes_max);
  }
  return input;
}

// Tells of each change of a phase when it happens.
class Course {
 public:
  Course(Time start, print::Style style) : start_(start), style_(style) {}
  void look(const engine::Run& run, const std::vector<engine::NodeIndex>& changed, Time now) {
    tell(run.name(), "", "workflow", run.phase(), "", now);
    for (const engine::NodeIndex index : changed) {
      const engine::Node& node = run.nodes()[index];
      tell(run.name(), run.nodes().id(index), node.name, engine::name_of(node.phase), node.message, now);
    }
  }

 private:
  void tell(const std::string& workflow, std::string_view id, std::string_view what, std::string_view phase, std::string_view message, Time now) {
    std::string& known = phases_[cat(workflow, "/", id)];
    if (phase.empty() || phase == known) return;
    known = phase;
    const std::string sign = print::phase_sign(phase, style_);
    print(cat("+", expr::to_text(now - start_), "\t", workflow, "\t", what, "\t", sign.empty() || sign == phase ? "" : sign + " ", phase,
              message.empty() ? "" : "\t", message, "\n"));
  }

  Time start_;
  print::Style style_;
  std::map<std::string, std::string> phases_;
};

bool any_failed(const std::vector<json::Value>& workflows) {
  for (const json::Value& workflow : workflows) {
    const auto phase = workflow["status"]["phase"].as_string();
    if (phase == "Failed" || phase == "Error") return true;
  }
  return false;
}

void print_screens(const simulate::Simulation& simulation, const print::StartOrder& order, print::Style style) {
  print::GetOptions options;
  options.style = style;
  options.order = &order;
  for (const json::Value& workflow : simulation.workflows()) {
    print(cat("$ argo get ", workflow["metadata"]["name"].as_string(), "\n"));
    print(print::get_screen(workflow, options, simulation.now()));
  }
}

int run(Input input, const Options& options) {
  const print::Style style = output_style(options.no_color, options.no_utf8);
  input.setting.keep_pods = options.output == "json";
  simulate::Simulation simulation(std::move(input.objects), std::move(input.outcomes), input.setting);
  std::optional<Course> course;
  // Much happens within one second of the virtual clock; the screens show it in its order.
  print::StartOrder order;
  const bool screens = options.output != "json";
  const auto ids_of = [](const engine::Run& workflow, const auto& indexes) {
    std::vector<std::string> ids;
    for (const engine::NodeIndex index : indexes) ids.push_back(workflow.nodes().id(index));
    return ids;
  };
  simulation.on_change = [&](const engine::Run& workflow, const std::vector<engine::NodeIndex>& changed, Time now) {
    if (screens) order.look(workflow.name(), ids_of(workflow, changed));
    if (!options.watch) return;
    if (!course) course.emplace(simulation.start(), style);
    course->look(workflow, changed, now);
  };
  simulation.on_load = [&](const engine::Run& workflow) {
    std::vector<engine::NodeIndex> all(workflow.nodes().size());
    std::iota(all.begin(), all.end(), engine::NodeIndex{0});
    order.keep(workflow.name(), ids_of(workflow, all));
  };
  const simulate::Ending ending = simulation.run();
  if (options.output == "json") {
    print(json::print(simulation.report(ending), json::Escape::None) + "\n");
  } else {
    print_screens(simulation, order, style);
  }
  if (ending == simulate::Ending::Limit) {
    std::fflush(stdout);
    std::fprintf(stderr, "Error: stopped before the end (--max-time, --max-nodes), waiting for:\n%s", simulation.waiting_for().c_str());
    return 2;
  }
  return options.exit_status && any_failed(simulation.workflows()) ? 1 : 0;
}

}  // namespace

int simulate(Arguments arguments) {
  Options options;
  Flags flags("simulate DIR|FILE... [flags]", "run workflows against scripted outcomes under a virtual clock: no pod, no waiting");
  flags.example("# what a workflow would do if every pod succeeded:\n  argo simulate my-workflow.yaml\n\n"
                "# a folder with objects.yaml and outcomes.yaml, step by step:\n  argo simulate --watch cases/flaky");
  flags.text("--outcomes", options.outcomes, "what the pods do: a YAML file of rules; without it every pod succeeds");
  flags.text("-n,--namespace", options.ns, "namespace of objects that name none");
  flags.text("--controller-config", options.config, "a ConfigMap with the controller's settings");
  flags.text("--at", options.at, "the time at which it begins (RFC 3339)");
  flags.number("--seed", options.seed, "end generated names in letters drawn from this number");
  flags.flag("-w,--watch", options.watch, "tell what happens when, on the virtual clock");
  flags.text("-o,--output", options.output, "json: workflows, pods, their order, events and commands");
  flags.flag("--exit-status", options.exit_status, "exit with 1 when a workflow failed");
  flags.text("--max-time", options.time_max, "give up after so much virtual time (30 days unless given)");
  flags.number("--max-nodes", options.nodes_max, "give up when there are so many nodes");
  flags.flag("--no-color", options.no_color, "Disable colorized output");
  flags.flag("--no-utf8", options.no_utf8, "Use plain 7-bits ascii characters");
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  if (!options.output.empty() && options.output != "json") return fail(cat("unknown output format: ", options.output, " (json)"));
  auto input = read_input(flags.operands(), options);
  if (!input.ok()) return fail(input.error());
  return run(std::move(*input), options);
}

}  // namespace wf::cli
