// SPDX-License-Identifier: Apache-2.0
#include "engine/arguments.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/testing.h"

namespace wf::engine {
namespace {

// "name=value …" of the bound parameters, or the error. The ConfigMap has `known` alone; reading `broken` fails.
std::string bound(std::string_view inputs, std::string_view arguments) {
  const auto lookup = [](const json::Value& ref) -> Result<std::string> {
    if (ref["key"].as_string() == "known") return std::string("k");
    if (ref["key"].as_string() == "broken") return Error("it is broken");
    return Error("not there", Code::NotFound);
  };
  const auto result = bind_inputs(yaml(inputs), yaml(arguments), lookup);
  if (!result.ok()) return result.error().message();
  std::string out;
  for (const json::Value& one : (*result)["parameters"].items()) {
    out += cat(out.empty() ? "" : " ", one["name"].as_string(), "=", one["value"].as_string());
  }
  return out;
}

std::string argument(std::string_view text) { return cat("{parameters: [", text, "]}"); }

TEST(Arguments, Parameters) {  // VAR-10, VAR-12
  EXPECT_EQ(bound(argument("{name: p, default: a}"), argument("{name: p, value: b}")), "p=b");
  EXPECT_EQ(bound(argument("{name: p, default: a}"), "{}"), "p=a");
  EXPECT_EQ(bound(argument("{name: p, value: v, default: a}"), "{}"), "p=v");
  EXPECT_EQ(bound(argument("{name: p}"), argument("{name: q, value: b}")), "inputs.parameters.p was not supplied");
  EXPECT_EQ(bound(argument("{name: p, default: a}"), argument("{name: q, value: b}")), "p=a");
  EXPECT_EQ(bound(argument("{name: p, default: a}"), argument("{name: p}")), "inputs.parameters.p was not supplied");
  EXPECT_EQ(bound(argument("{name: p, default: ''}"), "{}"), "p=");
}

TEST(Arguments, FromConfigMaps) {  // VAR-11
  const auto from = [](std::string_view key, std::string_view more = "") {
    return argument(cat("{name: p, valueFrom: {configMapKeyRef: {name: c, key: ", key, "}", more, "}}"));
  };
  EXPECT_EQ(bound(from("known"), "{}"), "p=k");
  EXPECT_EQ(bound(argument("{name: p, default: a}"), from("known")), "p=k");
  EXPECT_EQ(bound(from("known"), argument("{name: p, value: b}")), "p=b");
  EXPECT_EQ(bound(from("gone", ", default: d"), "{}"), "p=d");
  EXPECT_EQ(bound(from("gone"), "{}"), "unable to retrieve inputs.parameters.p from ConfigMap: not there");
  EXPECT_EQ(bound(from("broken", ", default: d"), "{}"), "unable to retrieve inputs.parameters.p from ConfigMap: it is broken");
}

TEST(Arguments, OutputsThatWereNotMade) {  // VAR-16
  const std::string absent = argument(cat("{name: p, value: ", kAbsentArgument, "}"));
  EXPECT_EQ(bound(argument("{name: p, default: z}"), absent), "p=z");
  EXPECT_EQ(bound(argument("{name: p}"), absent),
            "inputs.parameters.p: argument references an absent optional (skipped/omitted node output with no default)");
}

TEST(Arguments, Artifacts) {  // VAR-13
  const auto artifacts = [](std::string_view text) { return cat("{artifacts: [", text, "]}"); };
  const std::string wanted = artifacts("{name: a, path: /a, mode: 420}");
  EXPECT_EQ(bound(wanted, "{}"), "inputs.artifacts.a was not supplied");
  EXPECT_EQ(bound(wanted, artifacts("{name: a}")), "inputs.artifacts.a missing location information");
  EXPECT_EQ(bound(artifacts("{name: a, path: /a, optional: true}"), "{}"), "");
  EXPECT_EQ(bound(artifacts("{name: a, path: /a, s3: {key: k}}"), "{}"), "");
  const auto given = bind_inputs(yaml(wanted), yaml(artifacts("{name: a, path: /elsewhere, s3: {key: k}}")), {});
  ASSERT_TRUE(given.ok());
  EXPECT_EQ((*given)["artifacts"].items()[0], yaml("{name: a, s3: {key: k}, path: /a, mode: 420}"));
}

TEST(Arguments, SubPaths) {  // VAR-18
  EXPECT_EQ(*append_to_key(yaml("{s3: {key: a/b}}"), "/c/../d"), yaml("{s3: {key: a/b/d}}"));
  EXPECT_EQ(*append_to_key(yaml("{azure: {blob: a}}"), "x"), yaml("{azure: {blob: a/x}}"));
  EXPECT_EQ(append_to_key(yaml("{s3: {bucket: b}}"), "x").error().message(), "key is empty");
  EXPECT_FALSE(append_to_key(yaml("{raw: {data: x}}"), "x").ok());
}

}  // namespace
}  // namespace wf::engine
