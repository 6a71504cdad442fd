// SPDX-License-Identifier: Apache-2.0
// Tables template-simple and template-expr: a JSON text with tags and the variables for them.
#include "answer/tables.h"
#include "expr/scope.h"
#include "expr/template.h"

namespace wf::answer {

Result<json::Value> template_simple(const json::Value& in) {
  expr::MapScope scope;
  for (const json::Member& variable : in["vars"].members()) {
    scope.set(variable.key(), expr::Any::from_json(variable.value));
  }
  expr::Mode mode = expr::Mode::strict();
  if (in["mode"].as_string() == "lenient") mode = expr::Mode::lenient();
  if (in["mode"].as_string() == "prefix") {
    std::vector<std::string_view> prefixes;
    for (const json::Value& prefix : in["strictPrefixes"].items()) {
      prefixes.push_back(prefix.as_string());
    }
    mode = prefixes.empty() ? expr::Mode::lenient() : expr::Mode::strict_for(std::move(prefixes));
  }
  TRY(const std::string out, expr::replace_text(in["json"].as_string(), scope, mode));
  return json::Value(out);
}

}  // namespace wf::answer
