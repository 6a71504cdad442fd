// SPDX-License-Identifier: Apache-2.0
#include "validate/lint.h"

#include <gtest/gtest.h>

namespace wf::validate {
namespace {

constexpr LintStyle kPlain{LintForm::Pretty, false};

std::string linted(std::vector<Source> sources, LintOptions options = {},
                   LintStyle style = kPlain) {
  const LintResult result = lint(sources, options);
  std::string out;
  for (const FileResult& file : result.files) out += format(file, style);
  out += summarize(result, style);
  if (result.stopped) out += "stopped: " + result.stopped->message() + "\n";
  return out;
}

const std::string kGood = R"(apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: good}
spec:
  entrypoint: main
  templates:
  - {name: main, suspend: {}}
)";
const std::string kBad = R"(# two objects
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: bad-}
spec:
  entrypoint: main
  templates:
  - name: main
    container: {image: ""}
---
kind: CronWorkflow
metadata: {name: nightly}
spec:
  schedules: ["* * *"]
  workflowSpec:
    entrypoint: gone
    templates:
    - {name: main, suspend: {}}
)";

TEST(Lint, SaysNothingOfGoodFiles) {
  EXPECT_EQ(linted({{"good.yaml", kGood}}), "✔ no linting errors found!\n");
  EXPECT_EQ(linted({{"good.yaml", kGood}}, {}, {LintForm::Simple, false}),
            "no linting errors found!\n");
}

TEST(Lint, TellsPlaceObjectAndMessage) {
  EXPECT_EQ(
      linted({{"bad.yaml", kBad}, {"good.yaml", kGood}}),
      "bad.yaml:\n"
      "   ✖ bad.yaml:9:5: in \"bad-\" (Workflow): templates.main.container.image may not be empty\n"
      "   ✖ bad.yaml:14:15: in \"nightly\" (CronWorkflow): cron schedule * * * is malformed: "
      "expected exactly 5 fields, found 3: [* * *]\n"
      "   ✖ bad.yaml:16:5: in \"nightly\" (CronWorkflow): cannot validate Workflow: template name "
      "'gone' undefined\n"
      "\n"
      "✖ 3 linting errors found!\n");
}

TEST(Lint, Colors) {
  EXPECT_EQ(
      linted({{"bad.yaml", kBad}}, {.kinds = {.cron_workflows = false}}, {LintForm::Pretty, true}),
      "\x1b[4m"
      "bad.yaml"
      "\x1b[0m:\n"
      "   \x1b[31m✖\x1b[0m bad.yaml:9:5: in \"bad-\" (Workflow): templates.main.container.image "
      "may not be empty\n\n"
      "\x1b[31m✖ 1 linting errors found!\x1b[0m\n");
}

TEST(Lint, UnknownFieldsAreErrorsWhereStrict) {
  const std::string text = kGood + "  entrypiont: x\n  parallelsim: 2\n";
  EXPECT_EQ(linted({{"a.yaml", text}}, {}, {LintForm::Simple, false}),
            "a.yaml:8:3: in \"good\" (Workflow): strict decoding error: unknown field "
            "\"spec.entrypiont\", unknown field \"spec.parallelsim\"\n");
  EXPECT_EQ(lint(std::vector<Source>{{"a.yaml", text}}, {}).files[0].problems[0].hint,
            "did you mean 'entrypoint' instead of spec.entrypiont? did you mean 'parallelism' "
            "instead of spec.parallelsim?");
  EXPECT_EQ(linted({{"a.yaml", text}}, {.strict = false}), "✔ no linting errors found!\n");
}

TEST(Lint, StopsWhereArgoDoes) {
  const std::string text =
      "kind: Workflow\nmetadata: {name: w}\nspec:\n  entrypoint: a\n  templates: [{name: a, steps: "
      "[[{name: s, template: a, wen: x}]]}]\n";
  const LintResult result = lint(std::vector<Source>{{"a.yaml", text}}, {});
  ASSERT_TRUE(result.stopped.has_value());
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.stopped->message(),
            "failed to parse YAML from file a.yaml: json: unknown field \"wen\"");
  EXPECT_EQ(result.files[0].problems[0].position, (json::Position{5, 57}));
  EXPECT_EQ(result.files[0].problems[0].hint, "did you mean 'when'?");
}

TEST(Lint, FindsTemplatesInOtherFiles) {
  const std::string lib =
      "kind: WorkflowTemplate\nmetadata: {name: lib}\nspec:\n  templates:\n  - name: t\n    "
      "container: {image: i, args: ['{{pod.nam}}']}\n";
  const std::string user =
      "kind: Workflow\nmetadata: {name: w}\nspec: {entrypoint: m, templates: [{name: m, steps: "
      "[[{name: s, templateRef: {name: lib, template: t}}]]}]}\n";
  EXPECT_EQ(linted({{"user.yaml", user}, {"lib.yaml", lib}},
                   {.kinds = {.workflow_templates = false}}, {LintForm::Simple, false}),
            "lib.yaml:6:34: in \"w\" (Workflow): templates.m.steps[0].s templates.t: failed to "
            "resolve {{pod.nam}}\n");
  EXPECT_EQ(linted({{"user.yaml", user}}, {}, {LintForm::Simple, false}),
            "user.yaml:3:64: in \"w\" (Workflow): templates.m.steps[0].s couldn't find workflow "
            "template \"lib\" in namespace \"\"\n");
  EXPECT_NE(linted({{"a.yaml", lib}, {"b.yaml", lib}})
                .find("stopped: duplicate WorkflowTemplate found: \"lib\""),
            std::string::npos);
}

TEST(Lint, LeavesOutWhatIsNoObject) {
  const LintResult result =
      lint(std::vector<Source>{{"a.yaml",
                                "kind: Pod\n---\na: [\n---\nkind: Workflow\nkind: Workflow\n"}},
           {});
  EXPECT_EQ(summarize(result, kPlain),
            "✖ found nothing to lint in the specified paths, failing...\n");
  ASSERT_EQ(result.files[0].skipped.size(), 2u);
  EXPECT_EQ(
      format_skipped(result.files[0]),
      "a.yaml:3:1: left out: yaml: line 2: did not find expected node content\n"
      "a.yaml:6:1: left out: yaml: unmarshal errors:\n  line 6: key \"kind\" already set in map\n");
}

TEST(Lint, TellsWhatOneMachinePassesOver) {
  const std::string text =
      "kind: Workflow\nmetadata: {name: w}\nspec:\n  entrypoint: a\n  nodeSelector: {disk: ssd}\n  "
      "templates:\n"
      "  - {name: a, suspend: {}, tolerations: [{key: k}], nodeSelector: {x: z}}\n";
  const LintResult result = lint(std::vector<Source>{{"a.yaml", text}}, {.embedded = true});
  EXPECT_TRUE(result.success);
  EXPECT_EQ(format_notes(result.files[0]),
            "a.yaml:5:3: note: in \"w\" (Workflow): nodeSelector (2 times) means nothing on one "
            "machine and is passed over\n"
            "a.yaml:7:28: note: in \"w\" (Workflow): tolerations means nothing on one machine and "
            "is passed over\n");
  EXPECT_TRUE(lint(std::vector<Source>{{"a.yaml", text}}, {}).files[0].notes.empty());
}

TEST(Lint, Kinds) {
  EXPECT_TRUE(lint_kinds(std::vector<std::string>{"all"})->cron_workflows);
  EXPECT_FALSE(lint_kinds(std::vector<std::string>{"wf", "cwftmpl"})->cron_workflows);
  EXPECT_EQ(lint_kinds(std::vector<std::string>{"pods"}).error().message(), "unknown kind: pods");
}

}  // namespace
}  // namespace wf::validate
