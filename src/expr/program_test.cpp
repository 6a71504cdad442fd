// SPDX-License-Identifier: Apache-2.0
#include "expr/program.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "expr/argo_functions.h"
#include "expr/environments.h"
#include "json/text.h"

namespace wf::expr {
namespace {

struct Case {
  const char* text;
  const char* json;  // of the result; an error starts with '!', of which a part is given
};

// Shared by all cases below.
MapEnvironment environment() {
  Map values = argo_functions();
  values[Any("name")] = Any("wf");
  values[Any("n")] = Any("42");
  const auto v =
      json::parse(R"({"s":"Hello","l":[3,1,2],"m":{"k":"x"},"t":true,"z":null,"f":2.5})");
  values[Any("v")] = Any::from_json(*v);
  return MapEnvironment(std::move(values));
}

std::string answer(std::string_view text) {
  const auto result = evaluate(text, environment());
  if (!result.ok()) return cat("!", result.error().message());
  const auto value = result->to_json();
  return value.ok() ? json::print(*value, json::Escape::None) : cat("!", value.error().message());
}

void check(std::span<const Case> cases) {
  for (const Case& c : cases) {
    const std::string got = answer(c.text);
    if (c.json[0] == '!') {
      EXPECT_TRUE(got.starts_with('!') && got.find(c.json + 1) != std::string::npos)
          << c.text << " gave " << got;
    } else {
      EXPECT_EQ(got, c.json) << c.text;
    }
  }
}

TEST(Program, Literals) {
  check(std::vector<Case>{
      {"1_000", "1000"},
      {"0x1F", "31"},
      {"0b101", "5"},
      {"0o17", "15"},
      {".5", "0.5"},
      {"5.", "5"},
      {"1e21", "1e+21"},
      {"'a\\'b'", "\"a'b\""},
      {"\"\\u0041\\x42\\103\"", "\"ABC\""},
      {"\"\\u{1F680}\"", "\"🚀\""},
      {"`a``b`", "\"a`b\""},
      {"b\"ab\"", "\"YWI=\""},
      {"nil", "null"},
      {"1 // c", "1"},
      {"/* c */ 2", "2"},
      {"0x", "!invalid hex literal"},
      {"1e400", "!value out of range"},
      {"9223372036854775808", "!value out of range"},
      {"'a", "!literal not terminated"},
      {"\"\\q\"", "!invalid char escape"},
      {"1a", "!bad number syntax"},
      {"/* c", "!unclosed comment"},
      {"@", "!unrecognized character: U+0040 '@'"},
  });
}

TEST(Program, OperatorsAreTypedAsInGo) {
  check(std::vector<Case>{
      {"1 / 2", "0.5"},
      {"7 % -3", "1"},
      {"-2 ** 2", "-4"},
      {"2 ** 3 ** 2", "512"},
      {"9223372036854775807 + 1", "-9223372036854775808"},
      {"1 + 2.0", "3"},
      {"'a' + 'b'", "\"ab\""},
      {"1 == 1.0", "true"},
      {"[1] == [1.0]", "true"},
      {"{a: 1} == {a: 1.0}", "false"},
      {"1 < 2 < 3", "true"},
      {"1..3", "[1,2,3]"},
      {"3..1", "[]"},
      {"2 in 1..3", "true"},
      {"'a' in ['a']", "true"},
      {"'k' in v.m", "true"},
      {"not ('z' in v.m)", "true"},
      {"'z' not in v.m", "true"},
      {"v.s matches '^H'", "true"},
      {"v.s contains 'ell'", "true"},
      {"v.s startsWith 'He'", "true"},
      {"v.s endsWith 'lo'", "true"},
      {"v.z ?? 1", "1"},
      {"v.t ? 1 : 2", "1"},
      {"v.t ?: 2", "true"},
      {"if v.t { 1 } else if false { 2 } else { 3 }", "1"},
      {"true && v.s", "\"Hello\""},
      {"1 + 'a'", "!mismatched types int and string"},
      {"v.s + 1", "!invalid operation: string + int"},
      {"1 % 0", "!integer divide by zero"},
      {"1 / 0", "!unsupported value: +Inf"},
      {"v.s && v.t", "!interface conversion: interface {} is string, not bool"},
      {"a ?? b && c", "!cannot be mixed"},
      {"v.s matches '('", "!error parsing regexp"},
  });
}

TEST(Program, ConstantsAreFoldedBeforeAnythingRuns) {
  check(std::vector<Case>{
      {"true || (1 % 0 == 1)", "!integer divide by zero"},
      {"v.nope.x == 1 && false", "false"},  // the left side goes away with its error
      {"sum(1..10000000)", "50000005000000"},
      {"sum([v.s, 'b'])", "\"Hellob\""},
      {"filter([1, 'a'], # == 1)[0]", "1"},
      {"len(1..10000000)", "!memory budget exceeded"},
  });
}

TEST(Program, MembersSlicesAndChains) {
  check(std::vector<Case>{
      {"v.m.k", "\"x\""},
      {"v['m']['k']", "\"x\""},
      {"v.l[-1]", "2"},
      {"v.l[1:]", "[1,2]"},
      {"v.l[:2]", "[3,1]"},
      {"'日本'[0:3]", "\"日\""},
      {"v.nope", "null"},
      {"v.nope?.x.y", "null"},
      {"v?.m?.k", "\"x\""},
      {"v.nope.x", "!cannot fetch x from <nil>"},
      {"v.l[9]", "!index out of range: 9"},
      {"v.l.x", "!invalid operation: int(string)"},
      {"nil.a", "!unexpected token"},
      {"nope", "!unknown name nope"},
      {"{a: 1, a: 2}", "{\"a\":1}"},
      {"{(v.s): 1}", "{\"Hello\":1}"},
      {"$env.name", "\"wf\""},
      {"$env?.nope", "null"},
      {"name.x", "!type string has no field x"},
  });
}

TEST(Program, LoopsAndVariables) {
  check(std::vector<Case>{
      {"map(v.l, # * 2)", "[6,2,4]"},
      {"filter(v.l, {# > 1})", "[3,2]"},
      {"v.l | map(# + #index)", "[3,2,4]"},
      {"all([], false)", "true"},
      {"none([1], # > 1)", "true"},
      {"any([1], # > 1)", "false"},
      {"one([1, 2], # > 1)", "true"},
      {"count([true, false])", "1"},
      {"sum(v.l)", "6"},
      {"find(v.l, # < 3)", "1"},
      {"findLastIndex(v.l, # > 1)", "2"},
      {"reduce(1..4, #acc * #)", "24"},
      {"reduce([], #acc)", "!reduce of empty array"},
      {"reduce([], 1, 5)", "5"},
      {"sortBy(v.l, -#)", "[3,2,1]"},
      {"sortBy(v.l, #, 'desc')", "[3,2,1]"},
      {"groupBy([1, 2, 3], # % 2 == 0 ? 'e' : 'o')['o']", "[1,3]"},
      {"groupBy([1], #)", "!unsupported type"},
      {"map([{a: 1}], .a)", "[1]"},
      {"let x = 1; let y = x + 1; [x, y]", "[1,2]"},
      {"1; 2", "2"},
      {"let len = 1; len", "!cannot redeclare builtin len"},
      {"let name = 1; name", "!cannot redeclare name"},
      {"map(name, #)", "!takes only array"},
      {"filter([1], 'a')", "!predicate should return boolean"},
      {"#", "!unexpected token"},
  });
}

TEST(Program, Functions) {
  check(std::vector<Case>{
      {"len('日本')", "2"},
      {"type(1.0)", "\"float\""},
      {"type(date('2024-01-01'))", "\"time.Time\""},
      {"abs(-3)", "3"},
      {"round(2.5)", "3"},
      {"int('7')", "7"},
      {"float('1_0.5')", "10.5"},
      {"string(nil)", "\"<nil>\""},
      {"string([1, 'a'])", "\"[1 a]\""},
      {"trim(' a ')", "\"a\""},
      {"trim('--a-', '-')", "\"a\""},
      {"upper('ß')", "\"ß\""},
      {"split('a,b', ',')", "[\"a\",\"b\"]"},
      {"split('abc', '', 2)", "[\"a\",\"bc\"]"},
      {"splitAfter('a,b', ',')", "[\"a,\",\"b\"]"},
      {"replace('abc', '', '-')", "\"-a-b-c-\""},
      {"repeat('ab', 2)", "\"abab\""},
      {"join(['a', 'b'], '-')", "\"a-b\""},
      {"indexOf('abc', 'c')", "2"},
      {"max([1, [5, 2.5]])", "5"},
      {"min(3, 2)", "2"},
      {"mean([1, 2])", "1.5"},
      {"median([3, 1, 2])", "2"},
      {"fromJSON('{\"a\":[1]}').a", "[1]"},
      {"toJSON([1])", "\"[\\n  1\\n]\""},
      {"fromBase64('YWI=')", "\"ab\""},
      {"fromBase64('!')", "!illegal base64 data"},
      {"keys({a: 1})", "[\"a\"]"},
      {"toPairs({a: 1})", "[[\"a\",1]]"},
      {"fromPairs([['a', 1]]).a", "1"},
      {"concat([])", "null"},
      {"flatten([1, [2, [3]]])", "[1,2,3]"},
      {"uniq([1, 1.0, 2])", "[1,2]"},
      {"sort(['b', 'a'])", "[\"a\",\"b\"]"},
      {"take([1, 2, 3], 2)", "[1,2]"},
      {"get({a: 1}, 'b')", "null"},
      {"first([])", "null"},
      {"bitshl(1, 70)", "0"},
      {"bitnot(0)", "-1"},
      {"bitshl(1, -1)", "!negative shift count"},
      {"asInt(n) + 1", "43"},
      {"asInt('x')", "!invalid operation: int(x)"},
      {"toJson({a: 1})", "\"{\\\"a\\\":1}\""},
      {"jsonpath('{\"a\":[1,2]}', '$.a[1]')", "2"},
      {"sprig.upper('a')", "\"A\""},
      {"sprig.nope('a')", "!cannot call nil"},
      {"sprig.upper(nope)", "\"\""},
      {"sprig.upper(1)", "!reflect: Call using int as type string"},
      {"trim('a', 1)", "!cannot use int as argument (type string) to call trim"},
      {"len(1)", "!invalid argument for len"},
      {"now()", "!now() is not available here"},
  });
}

TEST(Program, TimesAndDurations) {
  check(std::vector<Case>{
      {"duration('1h30m')", "5400000000000"},
      {"string(duration('90s'))", "\"1m30s\""},
      {"duration('1h') * 2", "7200000000000"},
      {"date('2024-02-29').Format('Jan 2')", "\"Feb 29\""},
      {"date('2024-01-02') - date('2024-01-01') == duration('24h')", "true"},
      {"date('2024-01-01') + duration('1h')", "\"2024-01-01T01:00:00Z\""},
      {"date('2024-07-01', '2006-01-02', 'Europe/Berlin')", "\"2024-07-01T00:00:00+02:00\""},
      {"date('2024-01-01').Weekday().String()", "\"Monday\""},
      {"duration('1h') + 1", "!mismatched types"},
      {"timezone('Nowhere/Land')", "!unknown time zone"},
  });
}

TEST(Program, ErrorsShowThePlace) {
  EXPECT_EQ(answer("1 +\n  nope"), "!unknown name nope (2:3)\n |   nope\n | ..^");
  EXPECT_EQ(answer("1 2"), "!unexpected token Number(\"2\") (1:3)\n | 1 2\n | ..^");
}

TEST(Program, HostileExpressionsEnd) {
  const std::string deep(100'000, '(');
  for (const std::string& text :
       {deep, std::string(100'000, '-') + "1", std::string(100'000, '['),
        "1" + replace_all(std::string(50'000, 'x'), "x", "+1"),
        std::string("let a = 1..900000; count(a, {count(a, {# > 0}) != 5})"),
        std::string("reduce(1..60, #acc + #acc, 'aaaaaaaa')"),
        std::string("reduce(1..900000, [#acc], 0)"),
        std::string("map(1..90000, repeat('a', 10000))"),
        std::string("map(1..1000, {map(1..1000, #)})"),
        std::string("repeat(repeat('a', 1000), 100000)"),
        std::string("(-9223372036854775807 - 1) % -1 + 1..9223372036854775807")}) {
    const std::string got = answer(text);
    EXPECT_TRUE(got.starts_with('!')) << text.substr(0, 40) << " gave " << got.substr(0, 80);
  }
}

TEST(Program, CompiledOnceForTheSameTypes) {
  const auto a = Program::cached("name + '!'", environment());
  const auto b = Program::cached("name + '!'", environment());
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->get(), b->get());
  // With another type of the name, another program; here one that does not compile.
  EXPECT_FALSE(Program::cached("name + '!'", MapEnvironment(Map{{Any("name"), Any(1)}})).ok());
}

TEST(EvalBool, WantsABool) {  // XPR-11
  EXPECT_EQ(*eval_bool("n == '42'", environment()), true);
  EXPECT_EQ(eval_bool("n", environment()).error().message(),
            "unable to cast expression result '42' to bool");
  EXPECT_TRUE(eval_bool("asInt(name) > 0", environment())
                  .error()
                  .message()
                  .starts_with("unable to evaluate expression 'asInt(name) > 0': "));
}

TEST(EvalBool, DependsAndCron) {
  TaskResults failed;
  failed.set(TaskResult::Failed);
  const MapEnvironment tasks = depends_environment({{"A", failed}});
  EXPECT_EQ(*eval_bool("A.Failed && !A.Succeeded", tasks), true);
  EXPECT_FALSE(eval_bool("A.Nope", tasks).ok());
  EXPECT_FALSE(eval_bool("asInt('1') == 1", tasks).ok());
  const MapEnvironment cron = cron_environment(
      {.name = "c", .namespace_name = "ns", .labels = {}, .annotations = {}, .failed = 3});
  EXPECT_EQ(*eval_bool("cronworkflow.failed >= 3 && cronworkflow.lastScheduledTime == nil", cron),
            true);
}

TEST(Mentions, WhatMustExist) {  // XPR-6
  const auto mentions = mentions_of("a.b.c ?? x.y?.z['w'] ?? f(q['r'].s)");
  ASSERT_TRUE(mentions.ok());
  EXPECT_EQ(mentions->required, (std::vector<std::string>{"a", "x", "f", "q", "q.r", "q.r.s"}));
  EXPECT_EQ(mentions_of("t[i].x + u.v")->paths, (std::vector<std::string>{"t", "i", "u.v"}));
}

}  // namespace
}  // namespace wf::expr
