// SPDX-License-Identifier: Apache-2.0
#include "engine/aggregate.h"

#include <gtest/gtest.h>

#include "engine/testing.h"

namespace wf::engine {
namespace {

std::vector<json::Value> outputs(std::vector<std::string_view> texts) {
  std::vector<json::Value> out;
  for (const std::string_view text : texts) out.push_back(read_json(text));
  return out;
}

std::string results(std::vector<std::string_view> texts) {
  const auto text = aggregated_results(outputs(std::move(texts)));
  return text.ok() ? *text : text.error().message();
}

TEST(Aggregate, Results) {  // OUT-11
  EXPECT_EQ(results({R"({"result":"1"})", R"({"result":"2"})"}), "[1,2]");
  EXPECT_EQ(results({R"({"result":"\"a\""})", R"({"result":"{\"k\":1}"})"}), R"(["a",{"k":1}])");
  EXPECT_EQ(results({R"({"parameters":[]})", R"({"result":"2"})"}), "[2]");
  EXPECT_EQ(results({}), "[]");
  EXPECT_TRUE(results({R"({"result":"hello"})"}).starts_with("invalid character 'h'")) << results({R"({"result":"hello"})"});
}

TEST(Aggregate, Parameters) {  // OUT-12
  EXPECT_EQ(aggregated_parameters(outputs({R"({"parameters":[{"name":"b","value":"1"},{"name":"a","value":"2"}]})", R"({"result":"x"})",
                                           R"({"parameters":[{"name":"b","value":"3"}]})"})),
            R"([{"a":"2","b":"1"},{"b":"3"}])");
  EXPECT_EQ(aggregated_parameters({}), "[]");
}

TEST(Aggregate, ValuesOfOneParameter) {  // OUT-13
  const auto list = outputs({R"({"parameters":[{"name":"p","value":"1"},{"name":"q","value":"2"}]})", R"({"parameters":[{"name":"p","value":"3"}]})"});
  EXPECT_EQ(values_of(list, "p"), (std::vector<std::string>{"1", "3"}));
  EXPECT_EQ(aggregated_values({"1"}), R"(["1"])");
  EXPECT_EQ(aggregated_values({"foo", "bar"}), R"(["foo","bar"])");
  EXPECT_EQ(aggregated_values({R"(["1"])", "2"}), R"(["[\"1\"]","2"])");
  EXPECT_EQ(aggregated_values({R"({"foo":"1"})", "2"}), R"(["{\"foo\":\"1\"}","2"])");
  EXPECT_EQ(aggregated_values({R"( ["1"])", R"(["2"] )"}), R"([["1"],["2"]])");
  EXPECT_EQ(aggregated_values({R"({"number":"1"})", R"({"number":"2"})"}), R"([{"number":"1"},{"number":"2"}])");
  EXPECT_EQ(aggregated_values({R"([{"foo":"apple", "bar":"pear"}])"}), R"([[{"bar":"pear","foo":"apple"}]])");
}

}  // namespace
}  // namespace wf::engine
