// SPDX-License-Identifier: Apache-2.0
#include "expr/template.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "json/text.h"

namespace wf::expr {
namespace {

MapScope scope() {
  MapScope out;
  out.set("foo", "bar");
  out.set("quote", "he said \"hi\"\n");
  out.set("bell", "\a");
  out.set("tag", "{{foo}}");
  out.set("a-bar", "inner");
  out.set("inputs.parameters.n", "2");
  out.set("inputs.parameters.my-name", "x");
  out.set("steps.a.status", "Succeeded");
  out.set("list", List{1, 2});
  out.set_absent("steps.skipped.outputs.parameters.p");
  return out;
}

std::string answer(std::string_view json, const Mode& mode) {
  const auto out = replace_text(json, scope(), mode);
  return out.ok() ? *out : cat("!", out.error().message());
}
std::string strict(std::string_view text) { return answer(text, Mode::strict()); }
std::string lenient(std::string_view text) { return answer(text, Mode::lenient()); }
std::string for_nodes(std::string_view text) { return answer(text, Mode::strict_for_nodes()); }

TEST(Template, SimpleTags) {  // SUB-1 to SUB-3
  EXPECT_EQ(strict(R"("a{{foo}}b{{ foo }}")"), R"("abarbbar")");
  EXPECT_EQ(strict(R"({"{{foo}}":["{{quote}}"]})"), R"({"bar":["he said \"hi\"\n"]})");
  EXPECT_EQ(strict(R"("{{foo")"),
            R"(!Cannot find end tag="}}" in the template="\"{{foo\"" starting from "foo\"")");
  EXPECT_EQ(strict("{{foo}}"), "!cannot do template replacements with invalid JSON");
  EXPECT_EQ(strict(R"("{{bell}}")"),
            "!cannot finish template replacement because the result was invalid JSON");
  EXPECT_EQ(strict(R"("{{tag}}")"), R"("{{foo}}")");  // SUB-10
}

TEST(Template, TagsOverTheBordersOfStrings) {
  EXPECT_EQ(strict(R"(["{{foo","}}"])"), "!failed to resolve {{foo\",\"}}");
  MapScope odd;
  odd.set("a\",\"b", "c");
  EXPECT_EQ(*replace_text(R"(["{{a","b}}"])", odd, Mode::strict()), R"(["c"])");
}

TEST(Template, ValuesThatAreNoTexts) {  // SUB-4, SUB-5
  EXPECT_EQ(lenient(R"("{{list}}")"), "!failed to resolve {{list}} to string");
  const std::string absent = "output is an absent optional (skipped/omitted node with no default)";
  EXPECT_EQ(lenient(R"("{{steps.skipped.outputs.parameters.p}}")"),
            "!unable to substitute {{steps.skipped.outputs.parameters.p}}: " + absent);
}

TEST(Template, NestedTags) {  // SUB-6
  EXPECT_EQ(strict(R"("{{a-{{foo}}}}")"), R"("{{a-bar}}")");
  EXPECT_EQ(strict(R"("{{a-bar}}")"), R"("inner")");
  EXPECT_EQ(lenient(R"("{{- with {{ {{ }} {{foo}}")"), R"("{{- with {{ {{ }} bar")");
  EXPECT_EQ(lenient(R"("{{x-{{ foo }}}}")"),
            R"("{{x-{{ foo }}}}")");  // the inner key is not trimmed
}

TEST(Template, UnknownVariables) {  // SUB-7, SUB-8
  EXPECT_EQ(strict(R"("{{nope}}")"), "!failed to resolve {{nope}}");
  EXPECT_EQ(lenient(R"("{{ nope }}")"), R"("{{ nope }}")");
  EXPECT_EQ(for_nodes(R"("{{nope}}{{stepsX.a}}{{tasks.a.outputs.artifacts.x}}")"),
            R"("{{nope}}{{stepsX.a}}{{tasks.a.outputs.artifacts.x}}")");
  EXPECT_EQ(for_nodes(R"("{{tasks.a.status}}")"), "!failed to resolve {{tasks.a.status}}");
  EXPECT_TRUE(is_missing_variable(Error("failed to resolve {{a}}")));
  EXPECT_TRUE(is_missing_variable(Error("failed to evaluate expression: a is missing")));
  EXPECT_FALSE(
      is_missing_variable(Error("unable to substitute {{a}}: output is an absent optional")));
}

TEST(Template, ExpressionTags) {  // XPR-3 to XPR-5
  EXPECT_EQ(strict(R"("{{=asInt(inputs.parameters.n) + 1}}")"), R"("3")");
  EXPECT_EQ(strict(R"("{{=inputs.parameters['my-name']}}")"), R"("x")");
  EXPECT_EQ(strict(R"("{{=\"a\\\"\" + foo}}")"), R"("a\"bar")");
  EXPECT_EQ(strict(R"("{{=[1, foo]}}")"), R"("[1,\"bar\"]")");
  EXPECT_EQ(strict(R"("{{='<'}}")"), R"("\u003c")");
  EXPECT_EQ(strict(R"("{{=1 \u003c 2}}")"), R"("true")");
  EXPECT_EQ(strict(R"("{{={a: 1}}}")"),
            "!failed to evaluate expression: unexpected token EOF (1:5)\n | {a: 1\n | ....^");
}

TEST(Template, ExpressionsWithoutTheirVariables) {  // XPR-6 to XPR-9
  EXPECT_EQ(strict(R"("{{=nope}}")"), "!failed to evaluate expression: nope is missing");
  EXPECT_EQ(strict(R"("{{=steps.a.nope}}")"),
            "!failed to evaluate expression: steps.a.nope is missing");
  EXPECT_EQ(strict(R"("{{=steps.a.nope ?? 'd'}}")"), R"("d")");
  EXPECT_EQ(lenient(R"("{{=nope}}")"), R"("{{=nope}}")");
  EXPECT_EQ(for_nodes(R"("{{=nope}}")"), R"("{{=nope}}")");
  EXPECT_EQ(for_nodes(R"("{{=steps.b.status}}")"),
            "!failed to evaluate expression: steps.b is missing");
  EXPECT_EQ(lenient(R"("{{=sprig.int(retries)}}")"),
            R"("{{=sprig.int(retries)}}")");  // bound later
  EXPECT_EQ(lenient(R"("{{=1 +}}")"),
            "!failed to evaluate expression: unexpected token EOF (1:3)\n | 1 +\n | ..^");
  EXPECT_EQ(lenient(R"("{{=asInt(foo)}}")"), R"("{{=asInt(foo)}}")");
  EXPECT_EQ(strict(R"("{{=steps.skipped.outputs.parameters.p ?? 'd'}}")"), R"("d")");  // VAR-16
  EXPECT_EQ(strict(R"("{{=steps.skipped.outputs.parameters.p}}")"),
            "!failed to evaluate expression \"steps.skipped.outputs.parameters.p\"");
}

TEST(Template, LongerNamesHideShorterOnes) {  // XPR-2
  MapScope names;
  names.set("a", "text");
  names.set("a.b", "c");
  EXPECT_EQ(*replace_text(R"("{{a}} {{=a.b}} {{=toJson(a)}}")", names, Mode::strict()),
            R"("text c {\"b\":\"c\"}")");
}

TEST(Template, PlaceholdersOfValidation) {  // XPR-10
  MapScope placeholders;
  placeholders.set("p", std::string(kPlaceholder) + "1");
  EXPECT_EQ(*replace_text(R"("{{=asInt(p) + 1}}")", placeholders, Mode::strict()),
            R"("{{=asInt(p) + 1}}")");
}

TEST(Template, KnowsWhatItMentions) {
  const auto parsed = Template::parse(R"("{{ steps.a.status }}{{=tasks.b.outputs.result + x}}")");
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->has_tags());
  EXPECT_EQ(parsed->simple_keys(), std::vector<std::string_view>{"steps.a.status"});
  EXPECT_TRUE(parsed->mentions("steps.a") && parsed->mentions("tasks.b.outputs") &&
              parsed->mentions("x"));
  EXPECT_FALSE(parsed->mentions("steps.b") || parsed->mentions("tasks.a") ||
               parsed->mentions("step"));
  EXPECT_FALSE(Template::parse(R"({"a":{"b":1}})")->has_tags());
}

TEST(Template, TreesGiveWhatTheirTextGives) {
  for (const char* text :
       {R"({"a":"{{foo}}","b":[1,"x"]})", R"({"{{foo}}":{"c":"{{quote}}","d":"{{=1+1}}"}})",
        R"(["{{ nope }}","<{{foo}}>"])", R"(["{{foo","}}"])", R"("{{bell}}")",
        R"({"a":{"b":{"c":"none"}}})", R"("\n{{\nfoo}}")", R"(["{{a-{{foo}}}}"])"}) {
    const json::Value tree = *json::parse(text);
    for (const Mode& mode : {Mode::strict(), Mode::lenient()}) {
      const auto by_text = replace_text(json::print(tree), scope(), mode);
      const auto by_tree = replace_tree(tree, scope(), mode);
      ASSERT_EQ(by_text.ok(), by_tree.ok()) << text;
      if (by_text.ok()) {
        EXPECT_EQ(*by_text, json::print(*by_tree)) << text;
      } else {
        EXPECT_EQ(by_text.error().message(), by_tree.error().message()) << text;
      }
    }
  }
}

TEST(Scope, LayersHideOneAnother) {
  MapScope inner, outer;
  inner.set("a", "inner");
  outer.set("a", "outer");
  outer.set("b.c", "outer");
  const LayeredScope both({&inner, &outer});
  EXPECT_EQ(*replace_text(R"("{{a}} {{=a + b.c}}")", both, Mode::strict()),
            R"("inner innerouter")");
}

TEST(Scope, GivesFunctionsTheirClock) {
  struct Fixed final : Clock {
    Time now() const override { return *parse_rfc3339("2026-01-02T03:04:05Z"); }
  } clock;
  struct Timed final : Scope {
    explicit Timed(const Clock& clock) : clock_(clock) {}
    Variable find(std::string_view) const override { return {}; }
    void visit_keys(std::string_view, const Visit&) const override {}
    const Clock* clock() const override { return &clock_; }
    const Clock& clock_;
  } timed(clock);
  const LayeredScope layers({&timed});
  EXPECT_EQ(
      *replace_text(R"("{{=now()}} {{=sprig.date('2006', sprig.now())}}")", layers, Mode::strict()),
      R"("2026-01-02T03:04:05Z 2026")");
  EXPECT_FALSE(replace_text(R"("{{=now()}}")", MapScope(), Mode::strict()).ok());
}

}  // namespace
}  // namespace wf::expr
