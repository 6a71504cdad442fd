// SPDX-License-Identifier: Apache-2.0
// validate/detail/variables.h: which {{variables}} a text may mention where (VAL-15 to VAL-22).
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "expr/scope.h"
#include "json/value.h"
#include "spec/template.h"

namespace wf::validate::detail {

// Texts for values that are not known yet. They count up, so that no two are equal.
class Placeholders {
 public:
  std::string next();
  static bool is(std::string_view text) {
    return text.substr(0, expr::kPlaceholder.size()) == expr::kPlaceholder;
  }
  // `text` with "x" for each placeholder in it.
  static std::string without(std::string_view text);

 private:
  size_t count_ = 0;
};

// The variables of the whole workflow, with stand-ins for values.
struct Globals {
  expr::MapScope values;
  bool any_output_artifact = false;  // some global artifact's name is itself a variable
};

// Whether a globalName holds a {{variable}}.
bool holds_parameter(std::string_view text);

// What can be asked of a step or task once its template is known.
struct NodeOutputs {
  json::Value tmpl;        // Null: not known, then only the node's own facts
  bool aggregate = false;  // it has items
  bool status = false;
  bool outputs = false;   // its facts and outputs are visible
  bool anything = false;  // its template is wrong: whatever is asked is no further problem
};

// The variables of one template.
class Variables {
 public:
  explicit Variables(Globals& globals)
      : globals_(&globals), any_output_artifact(globals.any_output_artifact) {}

  void add(std::string name) { names_.insert(std::move(name)); }
  // "steps" or "tasks".
  NodeOutputs& node(std::string_view kind, std::string_view name);
  // The outputs of a node of this template become visible, also the global ones.
  void add_outputs(std::string_view kind, std::string_view name, const json::Value& tmpl,
                   bool aggregate, Placeholders& placeholders);
  bool knows(std::string_view tag) const;
  // All names, for hints.
  std::vector<std::string> names() const;
  Globals& globals() const { return *globals_; }

 private:
  bool node_knows(std::string_view tag) const;
  Globals* globals_;
  std::set<std::string, std::less<>> names_;
  std::map<std::string, NodeOutputs, std::less<>> nodes_;  // by "steps.a"

 public:
  bool any_item = false;              // item.* (withParam)
  bool any_output_parameter = false;  // workflow.outputs.parameters.*
  bool any_output_artifact = false;
};

// What one step or task sees beside its template's variables.
struct Extra {
  std::set<std::string, std::less<>> names;
  bool any_item = false;
  // Whether the status of that task is visible.
  std::function<bool(std::string_view task)> sees_status;
};

// The tags of a document that name nothing, as written. The error is of an unclosed tag.
Result<std::vector<std::string>> unresolved(const json::Value& document, const Variables& variables,
                                            const Extra& extra, bool template_validation);
// All simple tags of a document, as written.
Result<std::vector<std::string>> simple_tags(const json::Value& document);
// Where in the document a tag is written: a pointer, "" where it cannot be told.
std::string place_of_tag(const json::Value& document, std::string_view tag);
// The one of `names` that is probably meant; "" if none is near.
std::string nearest(std::string_view wrong, const std::vector<std::string>& names);

}  // namespace wf::validate::detail
