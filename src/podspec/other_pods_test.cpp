// SPDX-License-Identifier: Apache-2.0
// The agent's pod and the one that deletes artifacts.
#include "podspec/testing.h"

namespace wf::podspec {
namespace {

TEST(Agent, RunsHttpTemplates) {  // CTR-7
  World world("{instanceID: blue}");
  world.spec(
      "{serviceAccountName: runner, nodeSelector: {a: b}, dnsPolicy: Default, imagePullSecrets: "
      "[{name: s}]}");
  const json::Value pod = PodBuilder(world.controller, world.workflow).build_agent({}).value();
  EXPECT_EQ(pod["metadata"]["name"].as_string(), spec::agent_pod_name("wf"));
  EXPECT_EQ(pod["metadata"]["labels"]["workflows.argoproj.io/component"].as_string(), "agent");
  const json::Value& spec = pod["spec"];
  EXPECT_EQ(spec["restartPolicy"].as_string(), "OnFailure");
  EXPECT_EQ(spec["serviceAccountName"].as_string(), "runner");
  EXPECT_TRUE(spec["automountServiceAccountToken"].is_bool());
  expect_same(spec["nodeSelector"], "{a: b}");
  EXPECT_EQ(spec["dnsPolicy"].as_string(), "Default");
  expect_same(spec["securityContext"],
              "{runAsUser: 8737, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}");
  EXPECT_EQ(names(spec["initContainers"]), "init");
  EXPECT_EQ(names(spec["containers"]), "main");
  const json::Value main = container(pod, "main");
  expect_same(main["command"], "[argoexec]");
  expect_same(main["args"],
              "[agent, main, --loglevel, info, --log-format, text, --gloglevel, '0']");
  expect_same(main["resources"],
              "{requests: {cpu: 10m, memory: 64M}, limits: {cpu: 100m, memory: 256M}}");
  EXPECT_EQ(env_of(pod, "main", "ARGO_AGENT_PATCH_RATE"), "10s");
  EXPECT_EQ(env_of(pod, "main", "ARGO_PLUGIN_NAMES"), "null");
  EXPECT_EQ(spec["volumes"].items()[1]["secret"]["secretName"].as_string(),
            "runner.service-account-token");
}

TEST(Agent, WithPluginsAndCertificates) {
  World world;
  AgentInput input;
  input.ca_certificates = true;
  input.plugins = {yaml(R"(
metadata: {name: slack}
spec: {sidecar: {automountServiceAccountToken: true, container: {name: slack, image: i, ports: [{containerPort: 7000}]}}}
)")};
  const json::Value pod = PodBuilder(world.controller, world.workflow).build_agent(input).value();
  EXPECT_EQ(names(pod["spec"]["containers"]), "slack,main");
  EXPECT_EQ(env_of(pod, "main", "ARGO_PLUGIN_ADDRESSES"), "[\"http://localhost:7000\"]");
  EXPECT_EQ(env_of(pod, "main", "ARGO_PLUGIN_NAMES"), "[\"slack\"]");
  EXPECT_TRUE(mounts(container(pod, "slack")).starts_with("/var/run/argo=var-run-argo/slack! "));
  EXPECT_EQ(pod["spec"]["volumes"].items()[0]["secret"]["secretName"].as_string(),
            "slack-executor-plugin.service-account-token");
  EXPECT_TRUE(
      mounts(container(pod, "init"))
          .ends_with("/etc/ssl/certs/ca-certificates/=argo-workflows-agent-ca-certificates!"));
}

TEST(GarbageCollector, IdentityAndName) {
  const json::Value spec = yaml(
      "{artifactGC: {serviceAccountName: gc, podMetadata: {labels: {a: '1'}}, podSpecPatch: p}}");
  const GcIdentity identity = gc_identity(
      spec, yaml("{artifactGC: {serviceAccountName: own, podMetadata: {annotations: {n: v}}}}"));
  EXPECT_EQ(identity.service_account, "own");
  expect_same(identity.labels, "{a: '1'}");
  expect_same(identity.annotations, "{n: v}");
  EXPECT_EQ(identity.pod_spec_patch, "p");
  EXPECT_EQ(gc_pod_name("wf", "OnWorkflowCompletion", {}).value(), "wf-artgc-wfcomp-2166136261");
  EXPECT_EQ(gc_pod_name("wf", "OnWorkflowDeletion", {}).value(), "wf-artgc-wfdel-2166136261");
  EXPECT_NE(gc_pod_name("wf", "OnWorkflowDeletion", identity).value(), "wf-artgc-wfdel-2166136261");
  EXPECT_EQ(gc_pod_name("wf", "Never", {}).error().message(),
            "ArtifactGCStrategy \"Never\" not valid");
}

TEST(GarbageCollector, Pod) {
  World world("{artifactDrivers: [{name: p, image: plug}], images: {plug: {entrypoint: [/plug]}}}");
  ArtifactGcInput input;
  input.strategy = "OnWorkflowCompletion";
  input.pod_name = "wf-artgc-wfcomp-1";
  input.identity.service_account = "gc";
  input.identity.labels = yaml("{gc: '1'}");
  input.task_name = "wf-artgc-wfcomp-1-0";
  input.locations = {yaml("{s3: {accessKeySecret: {name: c, key: k}}}")};
  const PodBuilder builder(world.controller, world.workflow);
  json::Value pod = builder.build_artifact_gc(input).value();
  EXPECT_EQ(pod["metadata"]["labels"]["gc"].as_string(), "1");
  EXPECT_EQ(pod["metadata"]["labels"]["workflows.argoproj.io/component"].as_string(),
            "artifact-gc");
  EXPECT_EQ(pod["metadata"]["ownerReferences"].items()[0]["kind"].as_string(),
            "WorkflowArtifactGCTask");
  EXPECT_EQ(pod["spec"]["serviceAccountName"].as_string(), "gc");
  EXPECT_EQ(names(pod["spec"]["containers"]), "main");
  EXPECT_EQ(mounts(container(pod, "main")), "/argo/secret/c=c!");
  EXPECT_EQ(env_of(pod, "main", "ARGO_ARTIFACT_POD_NAME"), gc_pod_label(input.pod_name));
  EXPECT_EQ(env_of(pod, "main", "ARGO_TEMPLATE"), "{}");

  input.locations.push_back(yaml("{plugin: {name: p}}"));
  pod = builder.build_artifact_gc(input).value();
  EXPECT_EQ(names(pod["spec"]["initContainers"]), "init");
  EXPECT_EQ(names(pod["spec"]["containers"]), "artifact-plugin-p,main");
  EXPECT_EQ(env_of(pod, "main", "ARGO_ARTIFACT_PLUGIN_NAMES"), "artifact-plugin-p");
  EXPECT_EQ(container(pod, "artifact-plugin-p")["command"].items()[1].as_string(), "emissary");
}

}  // namespace
}  // namespace wf::podspec
