// SPDX-License-Identifier: Apache-2.0
#include "cli/workflow_output.h"

#include "base/text.h"
#include "cli/terminal.h"
#include "io/system.h"
#include "json/text.h"
#include "json/yaml.h"

namespace wf::cli {

Time now() { return io::SystemClock().now(); }

void OutputFlags::declare_output(Flags& flags, bool with_short) {
  std::vector<std::string> forms{"name", "json", "yaml", "wide"};
  if (with_short) forms.insert(forms.begin() + 3, "short");
  flags.choice("-o,--output", output, std::move(forms), "Output format.");
}

void OutputFlags::declare_screen(Flags& flags) {
  flags.flag("--no-color", no_color, "Disable colorized output");
  flags.flag("--no-utf8", no_utf8, "Use plain 7-bits ascii characters");
}

void OutputFlags::declare_nodes(Flags& flags) {
  flags.text("--status", status, "Filter by status (Pending, Running, Succeeded, Skipped, Failed, Error)");
  flags.text("--node-field-selector", node_selector, "selector of node to display, eg: --node-field-selector phase=abc");
}

Result<print::GetOptions> OutputFlags::screen() const {
  print::GetOptions options;
  options.style = output_style(no_color, no_utf8);
  if (output == "wide") options.output = print::GetOptions::Output::Wide;
  if (output == "short") options.output = print::GetOptions::Output::Short;
  const std::string selector = !node_selector.empty() ? node_selector : status.empty() ? "" : cat("phase=", status);
  TRY(options.nodes, spec::FieldSelector::parse(selector));
  return options;
}

bool print_object(const json::Value& object, const std::string& output) {
  if (output == "name") print(cat(object["metadata"]["name"].as_string(), "\n"));
  else if (output == "json") print(json::print_indented(object, "    ") + "\n");
  else if (output == "yaml") print(json::print_yaml(object));
  else return false;
  return true;
}

bool print_objects(std::span<const json::Value> objects, const std::string& output) {
  if (output == "name") {
    for (const json::Value& object : objects) print_object(object, output);
    return true;
  }
  if (output != "json" && output != "yaml") return false;
  json::Value list = json::Value::array();
  for (const json::Value& object : objects) list.push_back(object);
  print(output == "json" ? json::print_indented(list) + "\n" : list.empty() ? "[]\n" : json::print_yaml(list) + "\n");
  return true;
}

Result<void> print_workflow(const json::Value& workflow, const OutputFlags& flags) {
  if (print_object(workflow, flags.output)) return {};
  TRY(const print::GetOptions options, flags.screen());
  print(print::get_screen(workflow, options, now()));
  return {};
}

}  // namespace wf::cli
