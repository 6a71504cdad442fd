// SPDX-License-Identifier: Apache-2.0
// validate/lint.h: what `argo lint` says of files: texts in, results out, and their two forms in
// print. Pure; files are read by the caller. Messages are Argo's; each is told with its place.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/yaml.h"
#include "validate/validate.h"

namespace wf::validate {

struct Source {
  std::string name;  // as printed: "dir/wf.yaml", "stdin"
  std::string text;
};

// The kinds that are looked at; others are passed over.
struct LintKinds {
  bool workflows = true;
  bool workflow_templates = true;
  bool cron_workflows = true;
  bool cluster_workflow_templates = true;
};
// From names such as "workflows", "cronwf", "all". `unknown kind: X`.
Result<LintKinds> lint_kinds(std::span<const std::string> names);

struct LintOptions {
  LintKinds kinds = {};
  bool embedded = false;               // also tells what one machine passes over
  bool strict = true;                  // unknown fields and keys given twice count
  std::string default_namespace = {};  // of objects that name none
  // The templates of a namespace. Without it those of the sources themselves are known (--offline).
  std::function<const Lookup&(std::string_view ns)> templates = {};
  const json::Value* defaults = nullptr;  // the controller's workflowDefaults
};

struct Problem {
  std::string file;         // where it is; a template's may be another one
  json::Position position;  // line 0: unknown
  std::string object;       // `"name" (Workflow)`
  std::string message;
  std::string hint;  // or ""
};

// A document that is no object and was therefore left out, as Argo does without telling where.
struct Skipped {
  std::string file;
  json::Position position;
  std::string reason;
};

// What one machine passes over (validate/embedded.h); no problem.
struct Note {
  std::string file;
  json::Position position;
  std::string object;  // `"name" (Workflow)`
  std::string text;
};

struct FileResult {
  std::string file;
  bool linted = false;  // it holds some object of the kinds asked for
  std::vector<Problem> problems;
  std::vector<Skipped> skipped;
  std::vector<Note> notes;
};

struct LintResult {
  std::vector<FileResult> files;
  bool anything_linted = false;
  bool success = false;
  size_t problems = 0;
  // What made Argo stop before it linted anything: `failed to parse YAML from file …`.
  std::optional<Error> stopped;
};

LintResult lint(std::span<const Source> sources, const LintOptions& options);

enum class LintForm { Pretty, Simple };
struct LintStyle {
  LintForm form = LintForm::Pretty;
  bool color = false;
};
// `unknown formatter: X`
Result<LintForm> lint_form(std::string_view name);
// The lines about one file; none where nothing is wrong with it.
std::string format(const FileResult& file, const LintStyle& style);
// One line for each note.
std::string format_notes(const FileResult& file);
// One line for each document that was left out; meant for standard error.
std::string format_skipped(const FileResult& file);
// The last line.
std::string summarize(const LintResult& result, const LintStyle& style);

}  // namespace wf::validate
