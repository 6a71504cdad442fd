// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "validate/lint.h"

namespace wf::validate {
namespace {

std::string painted(std::string_view text, std::string_view code, const LintStyle& style) {
  return style.color ? cat("\x1b[", code, "m", text, "\x1b[0m") : std::string(text);
}

std::string place(const std::string& file, const json::Position& position) {
  if (position.line == 0) return file;
  return cat(file, ":", position.line, ":", position.column);
}

}  // namespace

Result<LintForm> lint_form(std::string_view name) {
  if (name == "pretty") return LintForm::Pretty;
  if (name == "simple") return LintForm::Simple;
  return Error(cat("unknown formatter: ", name));
}

std::string format(const FileResult& file, const LintStyle& style) {
  if (!file.linted || file.problems.empty()) return "";
  const bool pretty = style.form == LintForm::Pretty;
  std::string out = pretty ? cat(painted(file.file, "4", style), ":\n") : "";
  for (const Problem& problem : file.problems) {
    const std::string text = cat(place(problem.file, problem.position), ": in ", problem.object,
                                 ": ", problem.message, "\n");
    out.append(pretty ? cat("   ", painted("✖", "31", style), " ", text) : text);
    if (pretty && !problem.hint.empty()) out.append(cat("     hint: ", problem.hint, "\n"));
  }
  return pretty ? out + "\n" : out;
}

std::string format_notes(const FileResult& file) {
  std::string out;
  for (const Note& note : file.notes)
    out.append(
        cat(place(note.file, note.position), ": note: in ", note.object, ": ", note.text, "\n"));
  return out;
}

std::string format_skipped(const FileResult& file) {
  std::string out;
  for (const Skipped& skipped : file.skipped) {
    out.append(cat(place(skipped.file, skipped.position), ": left out: ", skipped.reason, "\n"));
  }
  return out;
}

std::string summarize(const LintResult& result, const LintStyle& style) {
  const bool pretty = style.form == LintForm::Pretty;
  if (result.success)
    return pretty ? cat(painted("✔", "32", style), " no linting errors found!\n")
                  : "no linting errors found!\n";
  if (!result.anything_linted) {
    static constexpr std::string_view kNothing =
        "found nothing to lint in the specified paths, failing...";
    return pretty ? painted(cat("✖ ", kNothing), "31", style) + "\n" : cat(kNothing, "\n");
  }
  return pretty ? painted(cat("✖ ", result.problems, " linting errors found!"), "31", style) + "\n"
                : "";
}

}  // namespace wf::validate
