// SPDX-License-Identifier: Apache-2.0
#include "expr/expression_tag.h"

#include <algorithm>

#include "base/text.h"
#include "expr/argo_functions.h"
#include "json/text.h"

namespace wf::expr {
namespace {

// Variables that are bound later than others (XPR-9): a tag that names one waits for it.
constexpr std::string_view kLate[] = {"item",
                                      "retries",
                                      "lastRetry.exitCode",
                                      "lastRetry.status",
                                      "lastRetry.duration",
                                      "lastRetry.message",
                                      "workflow.status",
                                      "workflow.failures"};

bool is_late(std::string_view name) {
  return std::find(std::begin(kLate), std::end(kLate), name) != std::end(kLate);
}

bool holds_placeholder(const Any& value) {
  if (value.as_string().starts_with(kPlaceholder)) return true;
  for (const Any& item : value.items()) {
    if (holds_placeholder(item)) return true;
  }
  return std::any_of(value.members().begin(), value.members().end(),
                     [](const auto& member) { return holds_placeholder(member.second); });
}

// A key that names a function, or has longer keys below it, is not seen by expressions (XPR-2).
bool hidden(const Scope& scope, std::string_view key) {
  return argo_function(key) || scope.has_keys(cat(key, "."));
}

bool holds_placeholder(const Scope& scope) {
  if (!scope.may_hold_placeholders()) return false;
  bool found = false;
  scope.visit_keys("", [&](std::string_view key) {
    found = found || (holds_placeholder(scope.find(key).value()) && !hidden(scope, key));
  });
  return found;
}

bool starts_with_segment(std::string_view path, std::string_view segment) {
  return path.starts_with(segment) &&
         (path.size() == segment.size() || path[segment.size()] == '.');
}

bool must_exist(std::string_view name, const Mode& mode) {
  if (mode.unknown != Mode::Unknown::FailsByPrefix) return mode.unknown == Mode::Unknown::Fails;
  return std::any_of(mode.prefixes.begin(), mode.prefixes.end(),
                     [&](std::string_view prefix) { return starts_with_segment(name, prefix); });
}

}  // namespace

ExpressionTag::ExpressionTag(std::string_view text)
    : text_(replace_all(replace_all(replace_all(text, "\\u003c", "<"), "\\u003e", ">"), "\\u0026",
                        "&")) {
  const auto unquoted = json::parse(cat("\"", text_, "\""));
  if (!unquoted.ok() || !unquoted->is_string()) {
    json_error_ = unquoted.ok() ? Error("not a text") : unquoted.error();
    return;
  }
  expression_ = unquoted->as_string();
  auto mentions = mentions_of(expression_);
  if (mentions.ok()) mentions_ = std::move(*mentions);
}

bool ExpressionTag::mentions(std::string_view name) const {
  if (!mentions_ || mentions_->everything) return true;
  // Both ways round: `steps` is all of them, and `steps.a.status` lies within `steps.a`.
  return std::any_of(mentions_->paths.begin(), mentions_->paths.end(),
                     [&](const std::string& path) {
                       return starts_with_segment(path, name) || starts_with_segment(name, path);
                     });
}

void ExpressionTag::stay(std::string& out) const { out.append("{{=").append(text_).append("}}"); }

Result<void> ExpressionTag::replace(const Scope& scope, const Mode& mode, std::string& out) const {
  if (json_error_)
    return Error(cat("failed to unmarshall JSON expression: ", json_error_->message()));
  const bool may_fail = holds_placeholder(scope);
  if (!mentions_) return evaluate_into(ScopeEnvironment(scope), false, may_fail, {}, out);

  const ScopeEnvironment environment(scope, *mentions_);
  std::vector<std::string> missing;
  for (const std::string& name : mentions_->required) {
    if (environment.has_path(name)) continue;
    if (must_exist(name, mode))
      return Error(cat("failed to evaluate expression: ", name, " is missing"));
    missing.push_back(name);
  }
  const bool strict = mode.unknown != Mode::Unknown::Stays;
  return evaluate_into(environment, !missing.empty() || !strict, may_fail, missing, out);
}

// `may_stay`: what cannot be evaluated yet is left for later (XPR-8). `may_fail`: so is everything,
// as some values are placeholders (XPR-10).
Result<void> ExpressionTag::evaluate_into(const ScopeEnvironment& environment, bool may_stay,
                                          bool may_fail, const std::vector<std::string>& missing,
                                          std::string& out) const {
  if (may_stay && std::any_of(missing.begin(), missing.end(), is_late)) {
    stay(out);
    return {};
  }
  const auto result = evaluate(expression_, environment);
  if ((!result.ok() || result->is_nil()) && (may_stay || may_fail)) {
    stay(out);
    return {};
  }
  if (!result.ok()) return Error(cat("failed to evaluate expression: ", result.error().message()));
  if (result->is_nil()) return Error(cat("failed to evaluate expression ", go_quote(text_)));
  const auto value = result->to_json();
  if (!value.ok() && may_stay) {
    stay(out);
    return {};
  }
  if (!value.ok())
    return Error(cat("failed to marshal evaluated expression: ", value.error().message()));
  const std::string json = json::print(*value);
  if (json.size() > 1 && json.front() == '"' && json.back() == '"') {
    out.append(json, 1, json.size() - 2);  // a text goes into the text around it
  } else {
    append_go_escaped(out, json);
  }
  return {};
}

}  // namespace wf::expr
