// SPDX-License-Identifier: Apache-2.0
#include "spec/codec.h"

#include <gtest/gtest.h>

#include "json/text.h"

namespace wf::spec {
namespace {

using json::Value;

Value parsed(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? *value : Value();
}

std::string normal(std::string_view type, std::string_view text) {
  return json::print(decode_all(type, parsed(text)).value);
}

std::string error_of(std::string_view type, std::string_view text,
                     Strictness strictness = Strictness::Lenient) {
  const auto decoded = decode(type, parsed(text), strictness);
  return decoded.ok() ? "" : decoded.error().message();
}

std::string marshalled(std::string_view type, std::string_view text) {
  return json::print(encode(type, decode_all(type, parsed(text)).value));
}

TEST(Decode, PutsFieldsInOrderAndDropsWhatGoCannotSee) {
  EXPECT_EQ(normal("Template",
                   R"({"dag":{"tasks":[]},"name":"a","inputs":{},"daemon":false,"suspend":null})"),
            R"({"name":"a","daemon":false,"dag":{"tasks":[]}})");
  EXPECT_EQ(normal("WorkflowSpec",
                   R"({"parallelism":0,"serviceAccountName":"","nodeSelector":{"b":"1","a":"2"}})"),
            R"({"parallelism":0,"nodeSelector":{"a":"2","b":"1"}})");
  EXPECT_EQ(normal("Template", R"({"container":{},"resource":null})"), R"({"container":{}})");
}

TEST(Decode, SharesWhatIsNormalAlready) {
  const Value document =
      parsed(R"({"kind":"Workflow","metadata":{"name":"a"},"spec":{"entrypoint":"m"}})");
  const Decoded decoded = decode_all("Workflow", document);
  EXPECT_EQ(decoded.value.members().data(), document.members().data());
}

TEST(Decode, MatchesNamesInAnyCaseUnlessStrict) {
  EXPECT_EQ(normal("Template", R"({"NAME":"a"})"), R"({"name":"a"})");
  EXPECT_EQ(normal("Template",
                   "{\"nodeSel\xe2\x84\xaa"
                   "\":1,\"da\xc5\xbf\":1}"),
            "{}");
  EXPECT_EQ(error_of("Template", R"({"NAME":"a"})", Strictness::Strict),
            R"(strict decoding error: unknown field "NAME")");
}

TEST(Decode, SaysWhatIsUnknownAndWhatWasMeant) {
  const Decoded decoded =
      decode_all("Workflow", parsed(R"({"spec":{"templates":[{"contaner":{}},{"zzzzz":1}]}})"));
  ASSERT_EQ(decoded.unknown.size(), 2u);
  EXPECT_EQ(decoded.unknown[0].path, "spec.templates[0].contaner");
  EXPECT_EQ(decoded.unknown[0].nearest, "container");
  EXPECT_EQ(decoded.unknown[1].nearest, "");
  EXPECT_EQ(error_of("Workflow", R"({"x":1,"spec":{"hooks":{"a":{"b":1}}}})", Strictness::Strict),
            R"(strict decoding error: unknown field "x", unknown field "spec.hooks.a.b")");
}

TEST(Decode, KeepsUnknownFieldsForStores) {
  const Decoded decoded = decode_all("Template", parsed(R"({"zz":1,"name":"a","yy":{"b":1}})"),
                                     Strictness::Lenient, Unknown::Keep);
  EXPECT_EQ(json::print(decoded.value), R"({"name":"a","zz":1,"yy":{"b":1}})");
  EXPECT_EQ(json::print(encode("Template", decoded.value)),
            R"({"name":"a","inputs":{},"outputs":{},"metadata":{},"zz":1,"yy":{"b":1}})");
}

TEST(Decode, WordsErrorsAsGo) {
  EXPECT_EQ(error_of("Workflow", R"({"spec":{"priority":"x"}})"),
            "json: cannot unmarshal string into Go struct field WorkflowSpec.spec.priority of type "
            "int32");
  EXPECT_EQ(error_of("Workflow", R"({"spec":{"parallelism":1.5}})"),
            "json: cannot unmarshal number 1.5 into Go struct field WorkflowSpec.spec.parallelism "
            "of type int64");
  EXPECT_EQ(error_of("Template", R"({"script":{"image":5}})"),
            "json: cannot unmarshal number into Go struct field "
            "ScriptTemplate.script.Container.image of type string");
  EXPECT_EQ(error_of("ObjectMeta", "5"),
            "json: cannot unmarshal number into Go value of type v1.ObjectMeta");
  EXPECT_EQ(error_of("ObjectMeta", R"({"labels":{"a":1}})"),
            "json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string");
  EXPECT_EQ(error_of("Template", R"({"retryStrategy":{"limit":3000000000}})"),
            "json: cannot unmarshal number 3000000000 into Go struct field "
            "RetryStrategy.retryStrategy.limit of type int32");
  EXPECT_EQ(error_of("ObjectMeta", R"({"creationTimestamp":"x"})"),
            R"(parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006")");
  EXPECT_EQ(error_of("ObjectMeta", R"({"creationTimestamp":"2024-02-30T00:00:00Z"})"),
            R"(parsing time "2024-02-30T00:00:00Z": day out of range)");
  EXPECT_EQ(error_of("Template", R"({"plugin":{}})"), "expected exactly one key, got 0");
}

TEST(Decode, GoesOnAfterAWrongTypeButNotAfterABadTime) {
  EXPECT_EQ(normal("EnvVar", R"({"name":5,"value":"x"})"), R"({"value":"x"})");
  EXPECT_EQ(normal("ObjectMeta", R"({"labels":{"a":1,"b":"2"}})"),
            R"({"labels":{"a":"","b":"2"}})");
  EXPECT_EQ(normal("ObjectMeta", R"({"name":"a","creationTimestamp":"x","namespace":"b"})"),
            R"({"name":"a"})");
}

TEST(Decode, StepsReadThemselves) {
  EXPECT_EQ(error_of("Template", R"({"steps":[[{"foo":1}]]})"), R"(json: unknown field "foo")");
  EXPECT_EQ(error_of("Template", R"({"steps":[{"name":"a"}]})"),
            "json: cannot unmarshal object into Go struct field Template.steps of type "
            "[]map[string]interface {}");
  EXPECT_EQ(
      error_of("Template", R"({"steps":[[{"name":5}]]})"),
      "json: cannot unmarshal number into Go struct field Template.steps.name of type string");
  EXPECT_EQ(error_of("Template", R"({"steps":[[{"arguments":{"foo":1}}]]})", Strictness::Strict),
            "");
}

TEST(Decode, SpecialShapes) {
  EXPECT_EQ(normal("Parameter", R"({"name":"a","value":1.50})"), R"({"name":"a","value":"1.5"})");
  EXPECT_EQ(normal("Parameter", R"({"value":1e30,"default":true,"enum":[1,null,{"a":1}]})"),
            R"({"default":"true","value":"1000000000000000000000000000000","enum":["1","",""]})");
  EXPECT_EQ(normal("Parameter", R"({"value":1e-7})"), R"({"value":"0.0000001"})");
  EXPECT_EQ(normal("ResourceRequirements", R"({"limits":{"cpu":0.5,"memory":"1024Mi"}})"),
            R"({"limits":{"cpu":"500m","memory":"1Gi"}})");
  EXPECT_EQ(normal("ObjectMeta", R"({"creationTimestamp":"2024-01-02T03:04:05.9+02:00"})"),
            R"({"creationTimestamp":"2024-01-02T01:04:05Z"})");
  EXPECT_EQ(normal("Secret", R"({"data":{"a":"aGl="}})"), R"({"data":{"a":"aGk="}})");
  EXPECT_EQ(normal("DAGTask", R"({"withItems":[1,"a",null,{"b":1,"a":2}]})"),
            R"({"withItems":[1,"a",null,{"b":1,"a":2}]})");
}

TEST(Encode, AddsWhatGoAlwaysPrints) {
  EXPECT_EQ(
      marshalled("Workflow", "{}"),
      R"({"metadata":{},"spec":{"arguments":{}},"status":{"startedAt":null,"finishedAt":null}})");
  EXPECT_EQ(marshalled("Template", R"({"name":"a","container":{"image":"i"}})"),
            R"({"name":"a","inputs":{},"outputs":{},"metadata":{},)"
            R"("container":{"name":"","image":"i","resources":{}}})");
  EXPECT_EQ(marshalled("WorkflowSpec", R"({"templates":[],"hooks":{},"parallelism":0})"),
            R"({"arguments":{},"parallelism":0})");
  EXPECT_EQ(marshalled("CronWorkflowSpec", "{}"),
            R"({"workflowSpec":{"arguments":{}},"schedules":null})");
  EXPECT_EQ(marshalled("CronWorkflowSpec", R"({"schedules":[]})"),
            R"({"workflowSpec":{"arguments":{}},"schedules":[]})");
}

// Hostile input: it ends, with an error where it cannot be read.

TEST(Hostile, DeepTemplates) {
  std::string text = R"({"name":"x"})";
  for (int i = 0; i < 2000; ++i) text = R"({"steps":[[{"inline":)" + text + "}]]}";
  EXPECT_EQ(error_of("Template", text), "exceeded max depth");
  std::string lists = "[]";
  for (int i = 0; i < 4000; ++i) lists = "[" + lists + "]";
  EXPECT_EQ(error_of("DAGTask", R"({"withItems":)" + lists + "}"), "");
  EXPECT_NE(error_of("Workflow", R"({"spec":)" + lists + "}"), "");
}

TEST(Hostile, HugeNumbersAndTexts) {
  EXPECT_NE(error_of("WorkflowSpec", R"({"priority":1e999999999})"), "");
  EXPECT_NE(error_of("Parameter", R"({"value":1e999})"), "");
  (void)error_of("ResourceRequirements", R"({"limits":{"a":"1e2147483647","b":"1e-2147483648"}})");
  EXPECT_NE(error_of("ResourceRequirements", R"({"limits":{"a":"1e99999999999999999999"}})"), "");
  const std::string name_long(1 << 20, 'n');
  const Decoded decoded = decode_all("Template", Value::object({{name_long, 1}}));
  ASSERT_EQ(decoded.unknown.size(), 1u);
  EXPECT_EQ(decoded.unknown[0].nearest, "");
}

TEST(Hostile, ManyMembers) {
  Value labels = Value::object();
  for (int i = 20000; i > 0; --i) labels.set("k" + std::to_string(i), "v");
  const Decoded decoded = decode_all("ObjectMeta", Value::object({{"labels", labels}}));
  EXPECT_EQ(decoded.value["labels"].size(), 20000u);
  EXPECT_EQ(decoded.value["labels"].members()[0].key(), "k1");
}

}  // namespace
}  // namespace wf::spec
