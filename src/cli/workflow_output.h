// SPDX-License-Identifier: Apache-2.0
// cli/workflow_output.h: workflows on standard output, in the forms of -o.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags.h"
#include "json/value.h"
#include "print/get_screen.h"

namespace wf::cli {

// -o of verbs that print one workflow: "", wide, short (get only), name, json, yaml.
struct OutputFlags {
  std::string output, node_selector, status;
  bool no_color = false, no_utf8 = false;

  void declare_output(Flags& flags, bool with_short = false);
  void declare_screen(Flags& flags);  // --no-color, --no-utf8
  void declare_nodes(Flags& flags);   // --status, --node-field-selector
  // The screen's options; an error where a selector is wrong.
  Result<print::GetOptions> screen() const;
};

Result<void> print_workflow(const json::Value& workflow, const OutputFlags& flags);
// json, yaml or name of any object; false for other forms.
bool print_object(const json::Value& object, const std::string& output);
// The same of a list: json and yaml as one document.
bool print_objects(std::span<const json::Value> objects, const std::string& output);
Time now();

}  // namespace wf::cli
