// SPDX-License-Identifier: Apache-2.0
#include "json/yaml.h"

#include "answer/tables.h"
#include "base/text.h"
#include "json/text.h"

namespace wf::answer {

Result<json::Value> yaml(const json::Value& in) {
  const std::string_view kind = in["kind"].as_string();
  if (kind == "parseObjects") return parse_objects(in);
  if (kind != "lenient" && kind != "strict") return Error(cat("unknown kind ", kind));
  TRY(json::Document document,
      json::parse_yaml(in["yaml"].as_string(), kind == "strict" ? json::DuplicateKeys::Refuse
                                                                : json::DuplicateKeys::LastWins));
  document.value.sort_keys();
  return json::Value(json::print(document.value));
}

}  // namespace wf::answer
