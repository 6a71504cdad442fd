// SPDX-License-Identifier: Apache-2.0
// argo plan: what workflows would run.
#include "base/text.h"
#include "cli/flags.h"
#include "cli/plan_tree.h"
#include "cli/simulation_input.h"
#include "engine/operations.h"
#include "json/text.h"

namespace wf::cli {
namespace {

std::string form(const Plan& plan, const std::string& output, bool ascii) {
  if (output == "json") return json::print_indented(plan_json(plan), "  ", json::Escape::None) + "\n";
  if (output == "mermaid") return plan_mermaid(plan);
  return output == "dot" ? plan_dot(plan) : plan_text(plan, ascii);
}

Result<void> show_plans(const std::vector<std::string>& files, const std::vector<std::string>& parameters, const std::string& output, bool ascii) {
  TRY(std::vector<json::Value> objects, read_simulated_objects(files));
  bool first = true;
  for (json::Value& object : objects) {
    if (!is_workflow(object)) continue;
    if (!parameters.empty()) {
      TRY(json::Value arguments, engine::override_parameters(object["spec"]["arguments"], parameters));
      object.at("spec").set("arguments", std::move(arguments));
    }
    TRY(const Plan plan, make_plan(object, objects));
    if (!first && output.empty()) print("\n");
    first = false;
    print(form(plan, output, ascii));
  }
  return {};
}

}  // namespace

int plan(Arguments arguments) {
  std::string output;
  std::vector<std::string> parameters;
  bool no_utf8 = false;
  Flags flags("plan FILE... [flags]", "show what a workflow would run: steps in their order, loops with their items, what waits for what");
  flags.example("  argo plan my-wf.yaml\n  argo plan my-wf.yaml templates.yaml -p items='[1,2]' -o mermaid");
  flags.choice("-o,--output", output, {"json", "mermaid", "dot"}, "Output format; a tree of text unless given.");
  flags.texts("-p,--parameter", parameters, "pass an input parameter");
  flags.flag("--no-utf8", no_utf8, "Use plain 7-bits ascii characters");
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  const auto shown = show_plans(flags.operands(), parameters, output, no_utf8);
  return shown.ok() ? 0 : fail(shown.error());
}

}  // namespace wf::cli
