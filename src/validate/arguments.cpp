// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "base/text.h"
#include "spec/artifact_location.h"
#include "spec/names.h"
#include "validate/detail/checks.h"

namespace wf::validate::detail {

using json::Value;

void check_names(Report& report, const Chain& chain, const At& list_at, const Value& list,
                 std::string_view prefix, NameKind kind) {
  std::set<std::string_view> names;
  size_t index = 0;
  for (const Value& item : list.items()) {
    const At item_at = list_at.item(index);
    const At at = item_at.in("name");
    const std::string start = cat(prefix, "[", index++, "].name");
    const std::string_view name = item["name"].as_string();
    if (name.empty()) {
      report.add(chain, item_at, cat(start, " is required"));
      continue;
    }
    const auto problems = kind == NameKind::Field ? spec::field_name_problems(name)
                                                  : spec::parameter_name_problems(name);
    if (!problems.empty()) {
      report.add(chain, at, cat(start, ": '", name, "' is invalid: ", join(problems, ";")));
    } else if (!names.insert(name).second) {
      report.add(chain, at, cat(start, " '", name, "' is not unique"));
    }
  }
}

namespace {

// Where its enum was found wanting, the rest of the arguments is not looked at: nothing.
bool check_enum(Report& report, const Chain& chain, const At& at, const Value& parameter,
                std::string_view start, bool may_lack_values) {
  const Value* choices = parameter.find("enum");
  if (choices == nullptr) return true;
  if (choices->empty()) {
    report.add(chain, at, cat(start, ".enum should contain at least one value"));
    return true;
  }
  const Value* value = parameter.find("value");
  if (value == nullptr) {
    if (may_lack_values) return false;
    report.add(chain, at, cat(start, ".value is required"));
    return true;
  }
  const auto items = choices->items();
  if (std::find(items.begin(), items.end(), *value) != items.end()) return true;
  std::vector<std::string> texts;
  for (const Value& item : items) texts.emplace_back(item.as_string());
  const At value_at = at.in("value");
  report.add(chain, value_at, cat(start, ".value should be present in ", start, ".enum list"),
             cat("allowed are: ", join(texts, ", ")));
  return true;
}

void check_value_from(Report& report, const Chain& chain, const At& at, const Value& parameter,
                      std::string_view start) {
  const Value* from = parameter.find("valueFrom");
  if (from == nullptr) return;
  const auto set = [&](std::string_view field) { return !(*from)[field].as_string().empty(); };
  const bool allowed = from->has("configMapKeyRef") || set("event") || from->has("supplied");
  if (allowed && !set("path") && !set("jsonPath") && !set("parameter") && !set("expression"))
    return;
  const At from_at = at.in("valueFrom");
  report.add(chain, from_at,
             cat(start, ".valueFrom only allows: default, configMapKeyRef and supplied"));
}

}  // namespace

void check_arguments(Report& report, const Chain& chain, const At& at, const Value& arguments,
                     std::string_view prefix, bool may_lack_values) {
  const Value &parameters = arguments["parameters"], &artifacts = arguments["artifacts"];
  const At parameters_at = at.in("parameters"), artifacts_at = at.in("artifacts");
  check_names(report, chain, parameters_at, parameters, cat(prefix, "parameters"),
              NameKind::Parameter);
  check_names(report, chain, artifacts_at, artifacts, cat(prefix, "artifacts"),
              NameKind::Parameter);

  size_t index = 0;
  for (const Value& parameter : parameters.items()) {
    const At parameter_at = parameters_at.item(index++);
    const std::string start = cat(prefix, parameter["name"].as_string());
    if (!parameter.has("value") && !parameter.has("valueFrom") && !may_lack_values) {
      report.add(chain, parameter_at, cat(start, ".value or ", start, ".valueFrom is required"));
    }
    check_value_from(report, chain, parameter_at, parameter, start);
    if (!check_enum(report, chain, parameter_at, parameter, start, may_lack_values)) return;
  }
  index = 0;
  for (const Value& artifact : artifacts.items()) {
    const At artifact_at = artifacts_at.item(index++);
    const std::string start = cat(prefix, artifact["name"].as_string());
    const bool from = !artifact["from"].as_string().empty();
    if (!from && !spec::has_location_or_key(artifact)) {
      report.add(chain, artifact_at, cat(start, ".from, artifact location, or key is required"));
    } else if (from && !artifact["fromExpression"].as_string().empty()) {
      report.add(chain, artifact_at,
                 cat(start, " shouldn't have both `from` and `fromExpression` in Artifact"));
    }
  }
}

}  // namespace wf::validate::detail
