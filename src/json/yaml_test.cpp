// SPDX-License-Identifier: Apache-2.0
#include "json/yaml.h"

#include <gtest/gtest.h>

#include "json/text.h"

namespace wf::json {
namespace {

std::string as_json(std::string_view text, DuplicateKeys duplicates = DuplicateKeys::LastWins) {
  const auto document = parse_yaml(text, duplicates);
  return document.ok() ? print(document->value) : document.error().message();
}

TEST(Yaml, TakesScalarsAsGoYaml) {
  EXPECT_EQ(as_json("[yes, Off, n, ~, tRue, nil]"), R"([true,false,false,null,"tRue","nil"])");
  EXPECT_EQ(as_json("[010, 0o17, 0x1F, 0b11, -0x10, 1_000, 08, 0b-1]"),
            "[8,15,31,3,-16,1000,8,-1]");
  EXPECT_EQ(as_json("[1.50, .5, 5., 1e3, 1e21, 1e400, .e1, .5_1]"),
            R"([1.5,0.5,5,1000,1e+21,"1e400",".e1",0.51])");
  EXPECT_EQ(as_json("[18446744073709551615, 18446744073709551616]"),
            "[18446744073709551615,18446744073709552000]");
  EXPECT_EQ(as_json("[2024-01-02, 12:30:45, 0x_ff]"), R"(["2024-01-02","12:30:45",255])");
  EXPECT_EQ(as_json("[!!str 1, !!int \"1\", !!float 1, !!binary aGk=, ! 1]"),
            R"(["1",1,1,"hi","1"])");
  EXPECT_EQ(as_json("!!int x"), "yaml: cannot decode !!str `x` as a !!int");
  EXPECT_EQ(as_json(".nan"), "json: unsupported value: NaN");
}

TEST(Yaml, MakesKeysText) {
  EXPECT_EQ(as_json("{1: a, 1.0: b, on: c, 1e9: d}"), R"({"1":"b","true":"c","1e+09":"d"})");
  EXPECT_EQ(as_json("~: a").substr(0, 27), "unsupported map key of type");
  EXPECT_EQ(as_json("{[a]: b}").substr(0, 21), "yaml: invalid map key");
}

TEST(Yaml, MergesAndAliases) {
  EXPECT_EQ(as_json("b: &b {x: 1, z: 2}\nd:\n  <<: *b\n  z: 3\n"),
            R"({"b":{"x":1,"z":2},"d":{"x":1,"z":3}})");
  EXPECT_EQ(as_json("d: {<<: [{x: 1}, {x: 2, z: 3}]}"), R"({"d":{"x":1,"z":3}})");
  EXPECT_EQ(as_json("a: &a [*a]"), "yaml: anchor 'a' value contains itself");
  EXPECT_EQ(as_json("a: *b"), "yaml: unknown anchor 'b' referenced");
  EXPECT_EQ(as_json("<<: 5"), "yaml: map merge requires map or sequence of maps as the value");
}

TEST(Yaml, StopsAnAliasBomb) {
  std::string text = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'j'; ++c) {
    text += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i)
      text += std::string("*") + static_cast<char>(c - 1) + (i < 8 ? "," : "]\n");
  }
  EXPECT_EQ(as_json(text), "yaml: document contains excessive aliasing");
}

TEST(Yaml, StrictRefusesAKeyTwice) {
  EXPECT_EQ(as_json("a: 1\nb: 1\na: 2\n", DuplicateKeys::Refuse),
            "yaml: unmarshal errors:\n  line 3: key \"a\" already set in map");
  EXPECT_EQ(as_json("a: 1\na: 2\n"), R"({"a":2})");
}

TEST(Yaml, DiffersFromLibyamlWhereGoDoes) {
  EXPECT_EQ(as_json("{a:}"), R"({"a:":null})");
  EXPECT_FALSE(parse_yaml("[a?b]").ok());
  EXPECT_EQ(as_json("\"\\/\""), "yaml: found unknown escape character");
  EXPECT_EQ(as_json("%YAML 1.2\n---\na: b\n"), "yaml: found incompatible YAML document");
  EXPECT_EQ(as_json("a: 1\n b: 2\n"),
            "yaml: line 2: mapping values are not allowed in this context");
}

TEST(Yaml, KnowsWhereEverythingStands) {
  const auto document =
      parse_yaml("a: 1\nlist:\n  - x: {k: 2}\n  - z\n", DuplicateKeys::LastWins, 11);
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->position_of(""), (Position{11, 1}));
  EXPECT_EQ(document->position_of("/list"), (Position{12, 1}));
  EXPECT_EQ(document->position_of("/list/0/x/k"), (Position{13, 9}));
  EXPECT_EQ(document->position_of("/list/1"), (Position{14, 5}));
  EXPECT_EQ(document->position_of("/list/0/absent/deeper"), (Position{13, 5}));
}

TEST(Yaml, SplitsManifestsAsArgo) {
  const auto parts = split_manifests("a: 1\n--- # c\nb: 2\n\n---\n");
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[1].text, " # c\nb: 2\n");
  EXPECT_EQ(parts[1].first_line, 2u);
  EXPECT_EQ(parts[2].text, "\n");
  EXPECT_EQ(parts[2].first_line, 5u);
}

TEST(YamlOut, ChoosesStylesAsGoYaml) {
  const auto value = parse(
      R"({"b":["1","x: y","yes","a\nb\n","","12:30","2024-01-02","{{x}}"],"a":{"k10":1.50,"k9":1e20,"n":null}})");
  EXPECT_EQ(print_yaml(*value),
            "a:\n  k9: 1e+20\n  k10: 1.5\n  \"n\": null\nb:\n- \"1\"\n- 'x: y'\n- \"yes\"\n- |\n  "
            "a\n  b\n- \"\"\n"
            "- \"12:30\"\n- \"2024-01-02\"\n- '{{x}}'\n");
}

}  // namespace
}  // namespace wf::json
