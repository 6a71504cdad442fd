// SPDX-License-Identifier: Apache-2.0
#include "config/controller_config.h"

#include <gtest/gtest.h>

#include "json/yaml.h"

namespace wf::config {
namespace {

json::Value yaml(std::string_view text) { return json::parse_yaml(text).value().value; }
ControllerConfig settings(std::string_view text) {
  return ControllerConfig::from_settings(yaml(text)).value();
}
std::string error(std::string_view text) {
  return ControllerConfig::from_settings(yaml(text)).error().message();
}

TEST(ControllerConfig, OneItemASetting) {
  const auto config = ControllerConfig::from_config_map(yaml(R"(
kind: ConfigMap
data:
  parallelism: "10"
  instanceID: blue
  images: |
    app:1: {entrypoint: [/run], cmd: [a]}
  retentionPolicy: |
    completed: 3
)"))
                          .value();
  EXPECT_EQ(config.parallelism(), 10);
  EXPECT_EQ(config.instance_id(), "blue");
  ASSERT_NE(config.image("app:1"), nullptr);
  EXPECT_EQ(config.image("app:2"), nullptr);
  EXPECT_EQ(config.retention()->completed, 3);
  EXPECT_EQ(config.retention()->failed, 0);
}

TEST(ControllerConfig, AllUnderOneKey) {
  EXPECT_EQ(
      ControllerConfig::from_config_map(yaml("{data: {config: 'parallelism: 2'}}"))->parallelism(),
      2);
  EXPECT_EQ(
      ControllerConfig::from_config_map(yaml("{data: {config: 'parallelism: 2', navColor: red}}"))
          .error()
          .message(),
      "if you have an item in your config map named 'config', you must only have one item");
}

TEST(ControllerConfig, Defaults) {
  const ControllerConfig config;
  EXPECT_EQ(config.parallelism(), 0);
  EXPECT_FALSE(config.retention());
  EXPECT_FALSE(config.resource_rate_limit());
  EXPECT_FALSE(config.failed_pod_restart());
  EXPECT_EQ(config.failed_pod_max_restarts(), 3);
  EXPECT_TRUE(config.node_events());
  EXPECT_TRUE(config.workflow_events());
  EXPECT_TRUE(config.agent_pods());
  EXPECT_FALSE(config.initless_pod());
  EXPECT_EQ(config.pod_gc_delay(), std::chrono::seconds(5));
  EXPECT_EQ(config.template_referencing(), ControllerConfig::TemplateReferencing::Free);
  EXPECT_TRUE(config.artifact_repository().is_null());
}

TEST(ControllerConfig, Values) {
  const ControllerConfig config = settings(R"(
resourceRateLimit: {limit: 2.5, burst: 4}
failedPodRestart: {enabled: true, maxRestarts: 1}
nodeEvents: {enabled: false, sendAsPod: true}
podGCDeleteDelayDuration: 1m30s
podGCGracePeriodSeconds: 0
workflowRestrictions: {templateReferencing: Secure}
disableAgentPodCreation: true
artifactDrivers: [{name: p, image: i}]
persistence: {archive: true, archiveTTL: 7d, postgresql: {host: h, port: 5432}}
)");
  EXPECT_EQ(config.resource_rate_limit()->per_second, 2.5);
  EXPECT_EQ(config.resource_rate_limit()->burst, 4);
  EXPECT_TRUE(config.failed_pod_restart());
  EXPECT_EQ(config.failed_pod_max_restarts(), 1);
  EXPECT_FALSE(config.node_events());
  EXPECT_TRUE(config.node_events_as_pod());
  EXPECT_EQ(config.pod_gc_delay(), std::chrono::seconds(90));
  EXPECT_EQ(config.pod_gc_grace_seconds(), 0);
  EXPECT_EQ(config.template_referencing(), ControllerConfig::TemplateReferencing::Secure);
  EXPECT_FALSE(config.agent_pods());
  EXPECT_EQ((*config.artifact_driver("p"))["image"].as_string(), "i");
  EXPECT_EQ(config.artifact_driver("q"), nullptr);
  EXPECT_EQ(config.persistence()["archiveTTL"].as_string(), "168h0m0s");
}

TEST(ControllerConfig, TakesScalarsForTexts) {
  const ControllerConfig config = settings(
      "{instanceID: 17, images: {app: {cmd: [sleep, 10]}}, artifactRepository: {s3: {bucket: 5}}}");
  EXPECT_EQ(config.instance_id(), "17");
  EXPECT_EQ((*config.image("app"))["cmd"].items()[1].as_string(), "10");
  EXPECT_EQ(config.artifact_repository()["s3"]["bucket"].as_string(), "5");
}

TEST(ControllerConfig, RefusesWhatItDoesNotKnow) {
  const std::string context = "error unmarshaling JSON: while decoding JSON: ";
  EXPECT_EQ(error("{paralelism: 1}"), context + "json: unknown field \"paralelism\"");
  EXPECT_EQ(error("{nodeEvents: {send: true}}"), context + "json: unknown field \"send\"");
  EXPECT_EQ(error("{executor: {imag: x}}"), context + "json: unknown field \"imag\"");
  EXPECT_EQ(
      error("{parallelism: many}"),
      context +
          "json: cannot unmarshal string into Go struct field Config.parallelism of type int");
  EXPECT_EQ(error("{initialDelay: soon}"), context + "time: invalid duration \"soon\"");
}

}  // namespace
}  // namespace wf::config
