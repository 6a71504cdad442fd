// SPDX-License-Identifier: Apache-2.0
#include "spec/names.h"

#include <gtest/gtest.h>

#include "spec/template.h"

namespace wf::spec {
namespace {

using json::Value;

TEST(Names, NodeIdsHashTheWholeName) {  // NOD-1, NOD-2
  EXPECT_EQ(node_id("hello", "hello"), "hello");
  EXPECT_EQ(node_id("hello", "hello.onExit"), "hello-3061418610");
  EXPECT_EQ(node_id("rt", "rt(0)[0].s"), "rt-432424539");
}

TEST(Names, PodsByVersion) {  // NOD-13, NOD-14, NOD-15
  EXPECT_EQ(pod_name({"rt", "rt(0)", "t"}, PodNames::V2), "rt-t-602118590");
  EXPECT_EQ(pod_name({"rt", "rt(0)", ""}, PodNames::V2), "rt-602118590");
  EXPECT_EQ(pod_name({"rt", "rt(0)", "t"}, PodNames::V1), "rt-602118590");
  EXPECT_EQ(pod_name({"rt", "rt", "t"}, PodNames::V2), "rt");
  const std::string name_long(300, 'n');
  EXPECT_EQ(pod_name({"rt", "rt(0)", name_long}, PodNames::V2),
            "rt-" + std::string(239, 'n') + "-602118590");
  EXPECT_EQ(pod_name({"rt", "rt(0)", "t", "rt-602118591"}, PodNames::V2), "rt-t-602118591");
  EXPECT_EQ(pod_name({"rt", "rt(0)", "t", "rt-602118591"}, PodNames::V1), "rt-602118591");
  EXPECT_EQ(pod_name({"rt", "rt(0)", "t", "other"}, PodNames::V2), "rt-t-602118590");
  EXPECT_EQ(agent_pod_name("wf"), "wf-1340600742-agent");
  EXPECT_EQ(pod_names("v1"), PodNames::V1);
  EXPECT_EQ(pod_names(" v1", PodNames::V1), PodNames::V2);
  EXPECT_EQ(pod_names(std::nullopt, PodNames::V1), PodNames::V1);
}

TEST(Names, DisplayNames) {  // NOD-5, NOD-6
  EXPECT_EQ(display_name("w[0]", "w"), "[0]");
  EXPECT_EQ(display_name("w[12].a(0:x)", "w"), "a(0:x)");
  EXPECT_EQ(display_name("w.a.hooks.running", "w"), "a.hooks.running");
  EXPECT_EQ(display_name("w.onExit", ""), "w.onExit");
  EXPECT_EQ(display_name("w[].a", "w"), "[].a");
  EXPECT_TRUE(valid_display_name("a.b-c"));
  EXPECT_FALSE(valid_display_name("a"));
  EXPECT_FALSE(valid_display_name("a-"));
  EXPECT_FALSE(valid_display_name(std::string(64, 'a')));
}

TEST(Names, LoopIndex) {
  EXPECT_EQ(loop_index("a(12:x)"), 12);
  EXPECT_EQ(loop_index("a(+1:x)"), 1);
  EXPECT_EQ(loop_index("a(0)"), -1);
  EXPECT_EQ(loop_index("a:b(1:x)"), -1);
  EXPECT_EQ(loop_index("a(99999999999999999999:x)"), -1);
}

TEST(Names, KubernetesRules) {
  EXPECT_TRUE(dns_subdomain_problems("a.b-c.0").empty());
  EXPECT_FALSE(dns_subdomain_problems("a..b").empty());
  EXPECT_EQ(dns_label_problems("a.b").at(0), "must not contain dots");
  EXPECT_EQ(
      dns_label_problems("A").at(0),
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
      "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex "
      "used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
  EXPECT_TRUE(label_value_problems("").empty());
  EXPECT_EQ(label_value_problems(std::string(64, 'a')).at(0), "must be no more than 63 bytes");
  EXPECT_TRUE(qualified_name_problems("example.com/a_b").empty());
  EXPECT_EQ(qualified_name_problems("/a").at(0), "prefix part must be non-empty");
  EXPECT_EQ(config_key_problems("..a").at(0), "must not start with '..'");
  EXPECT_TRUE(env_name_problems("A.b-c_1").empty());
  EXPECT_FALSE(env_name_problems("1a").empty());
}

TEST(Names, Locks) {
  const auto lock = LockName::decode("ns/ConfigMap/cm/key");
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(lock->database_key(), "ns/cm");
  EXPECT_EQ(*lock->encode(), "ns/ConfigMap/cm/key");
  EXPECT_EQ(LockName::decode("ns/ConfigMap/cm").error().message(),
            "Invalid ConfigMap lock key: unknown format");
  EXPECT_EQ(*mutex_lock(Value::object({{"name", "a/b"}}), "ns").encode(), "ns/Mutex/a/b");
  EXPECT_FALSE(semaphore_lock(Value::object(), "ns").ok());
}

TEST(Template, TypeIsTheFirstFieldThatIsSet) {  // PHS-4
  EXPECT_EQ(template_type(Value::object({{"dag", Value::object()}, {"container", nullptr}})),
            TemplateType::Dag);
  EXPECT_EQ(template_type(Value::object({{"steps", Value::array()}, {"dag", Value::object()}})),
            TemplateType::Steps);
  EXPECT_EQ(name_of(template_type(Value::object())), "Unknown");
}

TEST(Template, StoredKeys) {  // TPL-4, NOD-8
  const Value ref = Value::object({{"name", "w"}, {"template", "t"}, {"clusterScope", true}});
  const Value by_ref = Value::object({{"name", "s"}, {"templateRef", ref}});
  const Value by_name = Value::object({{"name", "s"}, {"template", "t"}});
  const Value inlined = Value::object({{"name", "s"}, {"inline", Value::object()}});
  const Scope cluster = Scope::parse("cluster/w");
  EXPECT_EQ(stored_template_key(Scope::parse(""), holder_of(by_ref)), "cluster/w/t");
  EXPECT_EQ(stored_template_key(Scope::parse("local/x"), holder_of(by_name)), std::nullopt);
  EXPECT_EQ(stored_template_key(cluster, holder_of(by_name)), "cluster/w/t");
  EXPECT_EQ(stored_template_key(cluster, holder_of(inlined)), "cluster/w/inline/s");
  EXPECT_EQ(scope_of(Scope::parse("old"), holder_of(by_name)).text(), "namespaced/old");
}

}  // namespace
}  // namespace wf::spec
