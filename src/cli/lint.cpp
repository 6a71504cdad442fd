// SPDX-License-Identifier: Apache-2.0
// argo lint: validates manifests, in Argo's words and with the place of each problem.
#include "validate/lint.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "cli/manifests.h"
#include "cli/verbs.h"

namespace wf::cli {
namespace {

struct Flags {
  std::vector<std::string> files;
  std::vector<std::string> kinds{"all"};
  std::string output = "pretty";
  std::string ns;
  bool strict = true;
  bool offline = false;
  bool embedded = false;
  bool no_color = false;
};

int fail(const Error& error) {
  std::fprintf(stderr, "Error: %s\n", error.message().c_str());
  return 1;
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int run(const Flags& flags) {
  const auto form = validate::lint_form(flags.output);
  if (!form.ok()) return fail(form.error());
  const auto kinds = validate::lint_kinds(flags.kinds);
  if (!kinds.ok()) return fail(kinds.error());
  auto files = read_manifests(flags.files);
  if (!files.ok()) return fail(files.error());

  std::vector<validate::Source> sources;
  for (ManifestFile& file : *files) sources.push_back({std::move(file.path), std::move(file.text)});
  validate::LintOptions options;
  options.kinds = *kinds;
  options.strict = flags.strict;
  options.default_namespace = flags.ns;
  options.embedded = flags.embedded;
  const auto result = validate::lint(sources, options);

  const validate::LintStyle style{*form, !flags.no_color && std::getenv("NO_COLOR") == nullptr};
  for (const validate::FileResult& file : result.files) {
    print(validate::format(file, style));
    print(validate::format_notes(file));
    const std::string skipped = validate::format_skipped(file);
    std::fwrite(skipped.data(), 1, skipped.size(), stderr);
  }
  if (result.stopped) return fail(*result.stopped);
  print(validate::summarize(result, style));
  return result.success ? 0 : 1;
}

}  // namespace

int lint(Arguments arguments) {
  Flags flags;
  CLI::App app("validate files or directories of manifests", "argo lint");
  app.add_option("FILE", flags.files, "files, folders, or - for standard input");
  app.add_option("--kinds", flags.kinds,
                 "Which kinds will be linted. Can be: "
                 "workflows|workflowtemplates|cronworkflows|clusterworkflowtemplates")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("-o,--output", flags.output,
                 "Linting results output format. One of: pretty|simple");
  app.add_option("-n,--namespace", flags.ns, "namespace of objects that name none");
  app.add_flag("--strict,!--no-strict", flags.strict, "Perform strict workflow validation");
  app.add_flag("--offline", flags.offline,
               "perform offline linting. For resources referencing other resources, the references "
               "will be resolved from the provided args");
  app.add_flag("--embedded", flags.embedded,
               "also tell which fields mean nothing where there is no cluster");
  app.add_flag("--no-color", flags.no_color, "Disable colorized output");
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    return fail(Error(error.what()));
  }
  if (flags.files.empty()) return fail(Error("requires at least 1 arg(s), only received 0"));
  return run(flags);
}

}  // namespace wf::cli
