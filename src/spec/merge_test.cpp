// SPDX-License-Identifier: Apache-2.0
#include "spec/merge.h"

#include <gtest/gtest.h>

#include "json/text.h"
#include "spec/codec.h"

namespace wf::spec {
namespace {

using json::Value;

Value parsed(std::string_view text) { return *json::parse(text); }

std::string merged(std::string_view type, std::string_view original, std::string_view patch) {
  auto result = strategic_merge(type, parsed(original), parsed(patch));
  if (!result.ok()) return result.error().message();
  result->sort_keys();
  return json::print(*result);
}

TEST(StrategicMerge, ListsByTheirKey) {
  EXPECT_EQ(merged("PodSpec", R"({"containers":[{"name":"a","image":"x"},{"name":"b"}]})",
                   R"({"containers":[{"name":"b","image":"y"},{"name":"c"}]})"),
            R"({"containers":[{"image":"x","name":"a"},{"image":"y","name":"b"},{"name":"c"}]})");
  EXPECT_EQ(merged("PodSpec", R"({"imagePullSecrets":[{"name":"t"}]})",
                   R"({"imagePullSecrets":[{"name":"w"}]})"),
            R"({"imagePullSecrets":[{"name":"w"},{"name":"t"}]})");
  EXPECT_EQ(merged("Container", R"({"command":["a"],"image":"x"})",
                   R"({"command":["b","c"],"image":null})"),
            R"({"command":["b","c"]})");
  EXPECT_EQ(merged("ObjectMeta", R"({"finalizers":["a","b"]})", R"({"finalizers":["b","c"]})"),
            R"({"finalizers":["a","b","c"]})");
  EXPECT_EQ(
      merged("PodSpec", R"({"containers":[{"image":"x"}]})", R"({"containers":[{"image":"x"}]})"),
      "map: map[image:x] does not contain declared merge key: name");
}

TEST(StrategicMerge, Directives) {
  EXPECT_EQ(merged("Container", R"({"env":[{"name":"A"},{"name":"B"}]})",
                   R"({"env":[{"name":"A","$patch":"delete"}]})"),
            R"({"env":[{"name":"B"}]})");
  EXPECT_EQ(merged("PodSpec", R"({"containers":[{"name":"a"}],"x":1})",
                   R"({"containers":[{"$patch":"replace"},{"name":"b"}]})"),
            R"({"containers":[{"name":"b"}],"x":1})");
  EXPECT_EQ(merged("PodSpec", R"({"nodeSelector":{"a":"b"}})",
                   R"({"nodeSelector":{"$patch":"replace","c":"d"}})"),
            R"({"nodeSelector":{"c":"d"}})");
  EXPECT_EQ(merged("PodSpec", R"({"securityContext":{"runAsUser":1}})",
                   R"({"securityContext":{"$patch":"delete"}})"),
            R"({"securityContext":{}})");
  EXPECT_EQ(merged("PodSpec", R"({"volumes":[{"name":"v","emptyDir":{}}]})",
                   R"({"volumes":[{"name":"v","$retainKeys":["name","hostPath"],)"
                   R"("hostPath":{"path":"/"}}]})"),
            R"({"volumes":[{"hostPath":{"path":"/"},"name":"v"}]})");
  EXPECT_EQ(merged("PodSpec", R"({"containers":[{"name":"a"},{"name":"b"}]})",
                   R"({"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]})"),
            R"({"containers":[{"name":"b"},{"name":"a"}]})");
  EXPECT_EQ(merged("ObjectMeta", R"({"finalizers":["a","b"]})",
                   R"({"$deleteFromPrimitiveList/finalizers":["a"]})"),
            R"({"finalizers":["b"]})");
  EXPECT_EQ(merged("PodSpec", "{}", R"({"$patch":"bogus"})"),
            "unknown patch type: bogus in map: map[$patch:bogus]");
  EXPECT_EQ(merged("WorkflowSpec", R"({"hooks":{"a":{"template":"x"}}})",
                   R"({"hooks":{"a":{"template":"y"}}})"),
            "merging an object in json but data type is not struct, instead is: map");
}

TEST(PodSpecPatch, ReadsYamlAndJson) {
  const std::vector<std::string> patches = {
      "", "containers:\n- name: main\n  resources: {limits: {cpu: 0.5}}\n"};
  const auto patched =
      patch_pod_spec(parsed(R"({"containers":[{"name":"main","image":"i"}]})"), patches);
  ASSERT_TRUE(patched.ok());
  EXPECT_EQ(
      json::print(*patched),
      R"({"containers":[{"name":"main","image":"i","resources":{"limits":{"cpu":"500m"}}}]})");
  const std::vector<std::string> bad = {"[]"};
  EXPECT_EQ(patch_pod_spec(Value::object(), bad).error().message(),
            R"(invalid podSpecPatch "[]": )"
            "json: cannot unmarshal array into Go value of type v1.PodSpec");
}

std::string joined(std::string_view workflow, std::string_view tmpl,
                   std::string_view defaults = "null") {
  const auto spec = join_workflow_specs({parsed(workflow), parsed(tmpl), parsed(defaults)});
  return spec.ok() ? json::print(*spec) : spec.error().message();
}

TEST(Join, TheWorkflowWins) {  // SPC-2, SPC-5
  EXPECT_EQ(joined(R"({"entrypoint":"a","parallelism":0})", R"({"entrypoint":"b","parallelism":2})",
                   R"({"priority":3})"),
            R"({"entrypoint":"a","parallelism":0,"priority":3})");
  EXPECT_EQ(joined(R"({"hooks":{"exit":{"template":"w"}}})",
                   R"({"hooks":{"exit":{"template":"t"},"run":{"template":"r"}}})"),
            R"({"hooks":{"exit":{"template":"w"},"run":{"template":"r"}}})");
  EXPECT_EQ(joined("{}", R"({"suspend":true})"), "{}");  // SPC-7
}

TEST(Join, ArgumentsComeWholeFromOneLayer) {  // SPC-6
  EXPECT_EQ(joined(R"({"arguments":{"parameters":[{"name":"p","value":"w"}]}})",
                   R"({"arguments":{"parameters":[{"name":"p","valueFrom":{"expression":"1"}},)"
                   R"({"name":"q","value":"t"}]}})"),
            R"({"arguments":{"parameters":[{"name":"p","value":"w"},{"name":"q","value":"t"}]}})");
  EXPECT_EQ(joined(R"({"arguments":{"artifacts":[{"name":"a","s3":{"key":"k"}}]}})",
                   R"({"arguments":{"artifacts":[{"name":"a","s3":{"bucket":"b","key":"tk"}}]}})"),
            R"({"arguments":{"artifacts":[{"name":"a","s3":{"bucket":"b","key":"k"}}]}})");
}

TEST(TemplateDefaults, FillWithinTheType) {  // TPL-9
  const auto tmpl = with_template_defaults(
      parsed(R"({"name":"a","container":{"image":"i"}})"),
      parsed(
          R"({"timeout":"5s","container":{"image":"d","command":["c"]},"script":{"source":"s"}})"));
  ASSERT_TRUE(tmpl.ok());
  EXPECT_EQ(json::print(*tmpl),
            R"({"name":"a","container":{"image":"i","command":["c"]},"timeout":"5s"})");
}

TEST(Overrides, NameWhatIsForbidden) {  // SPC-4
  const std::vector<std::string> none;
  const Value spec = parsed(R"({"templates":[{"name":"a"}],"dnsPolicy":"x",)"
                            R"("artifactGC":{"podSpecPatch":"y"},"entrypoint":"e"})");
  EXPECT_EQ(forbidden_overrides(spec, none),
            (std::vector<std::string>{"ArtifactGC.PodSpecPatch", "DNSPolicy", "Templates"}));
  const std::vector<std::string> allowed = {"dnsPolicy", "templates"};
  EXPECT_EQ(forbidden_overrides(spec, allowed),
            std::vector<std::string>{"ArtifactGC.PodSpecPatch"});
}

}  // namespace
}  // namespace wf::spec
