// SPDX-License-Identifier: Apache-2.0
// What the controller's settings change in pods, and what the workflow's spec does.
#include "podspec/testing.h"

namespace wf::podspec {
namespace {

constexpr std::string_view kEcho = "{name: echo, container: {image: busybox, command: [echo]}}";

TEST(Settings, OfTheExecutor) {
  World world(R"(
instanceID: blue
executor:
  image: my/exec:1
  imagePullPolicy: Always
  env: [{name: X, value: z}]
  args: [--flag]
  resources: {requests: {cpu: 10m}}
  securityContext: {runAsUser: 7}
)");
  const json::Value pod = world.tmpl(kEcho).pod();
  const json::Value wait = container(pod, "wait");
  EXPECT_EQ(wait["image"].as_string(), "my/exec:1");
  EXPECT_EQ(wait["imagePullPolicy"].as_string(), "Always");
  expect_same(wait["args"], "[--flag]");
  expect_same(wait["resources"], "{requests: {cpu: 10m}}");
  EXPECT_EQ(env_of(pod, "init", "X"), "z");
  EXPECT_EQ(env_of(pod, "wait", "ARGO_INSTANCE_ID"), "blue");
  EXPECT_EQ(pod["metadata"]["labels"]["workflows.argoproj.io/controller-instanceid"].as_string(),
            "blue");
  const json::Value locked = world.tmpl("{name: r, resource: {action: get, manifest: x}}").pod();
  expect_same(container(locked, "main")["securityContext"], "{runAsUser: 7}");

  world.controller.flags.executor_image = "flag/exec:2";
  EXPECT_EQ(container(world.tmpl(kEcho).pod(), "init")["image"].as_string(), "flag/exec:2");
}

TEST(Settings, OfMainContainers) {
  World world(
      "{mainContainer: {imagePullPolicy: Always, env: [{name: A, value: '1'}, {name: B, value: "
      "'2'}]}}");
  const json::Value pod =
      world.tmpl("{name: t, container: {image: i, command: [c], env: [{name: B, value: own}]}}")
          .pod();
  EXPECT_EQ(container(pod, "main")["imagePullPolicy"].as_string(), "Always");
  EXPECT_EQ(env_of(pod, "main", "A"), "1");
  EXPECT_EQ(env_of(pod, "main", "B"), "own");
  EXPECT_EQ(env_of(pod, "wait", "A"), "");
}

TEST(Settings, OfAKubeConfig) {
  const json::Value pod =
      World("{kubeConfig: {secretName: kc, secretKey: file}}").tmpl(kEcho).pod();
  EXPECT_EQ(names(pod["spec"]["volumes"]), "kubeconfig,var-run-argo,tmp-dir-argo");
  EXPECT_EQ(mounts(container(pod, "init")),
            "/kube/config=kubeconfig/file! /var/run/argo=var-run-argo");
  expect_same(container(pod, "wait")["args"], "[--kubeconfig=/kube/config]");
}

TEST(Settings, OfFlags) {
  World world;
  world.controller.flags.pod_status_finalizer = true;
  world.controller.flags.progress_patch_tick = Duration{};
  const json::Value pod = world.tmpl(kEcho).pod();
  expect_same(pod["metadata"]["finalizers"], "[workflows.argoproj.io/status]");
  EXPECT_EQ(env_of(pod, "main", "ARGO_PROGRESS_FILE"), "");
}

TEST(Spec, GoesIntoThePod) {
  const json::Value pod =
      World()
          .spec(R"(
hostNetwork: true
dnsPolicy: Default
dnsConfig: {nameservers: [1.2.3.4]}
imagePullSecrets: [{name: pull}]
podResources: {limits: {cpu: "1"}}
resourceClaims: [{name: gpu, resourceClaimName: g}]
)")
          .tmpl("{name: t, container: {image: i, command: [c], ports: [{containerPort: 80}]}}")
          .pod();
  EXPECT_TRUE(pod["spec"]["hostNetwork"].as_bool());
  EXPECT_EQ(pod["spec"]["dnsPolicy"].as_string(), "Default");
  expect_same(pod["spec"]["dnsConfig"], "{nameservers: [1.2.3.4]}");
  expect_same(pod["spec"]["imagePullSecrets"], "[{name: pull}]");
  expect_same(pod["spec"]["resources"], "{limits: {cpu: '1'}, requests: {cpu: '1'}}");
  expect_same(pod["spec"]["resourceClaims"], "[{name: gpu, resourceClaimName: g}]");
  expect_same(container(pod, "main")["ports"],
              "[{containerPort: 80, protocol: TCP, hostPort: 80}]");
}

TEST(Spec, TemplateComesFirst) {
  const json::Value pod =
      World()
          .spec("{podResources: {limits: {cpu: '1'}}, resourceClaims: [{name: a}]}")
          .tmpl(R"(
name: t
podResources: {limits: {memory: 2Gi}}
resourceClaims: [{name: b}]
container: {image: i, command: [c], resources: {requests: {memory: 1Gi}}}
sidecars: [{name: s, image: i, command: [c], resources: {requests: {memory: 512Mi}}}]
)")
          .pod();
  expect_same(pod["spec"]["resources"], "{limits: {memory: 2Gi}, requests: {memory: 1536Mi}}");
  expect_same(pod["spec"]["resourceClaims"], "[{name: b}]");
}

TEST(Scheduling, TemplateThenBoundaryThenWorkflow) {  // SPC-13
  World world;
  world.spec(R"(
nodeSelector: {from: wf}
tolerations: [{key: wf}]
affinity: {podAffinity: {}}
schedulerName: wf-scheduler
podPriorityClassName: low
securityContext: {runAsUser: 1}
hostAliases: [{ip: 1.1.1.1}]
podMetadata: {labels: {a: wf, b: wf}, annotations: {c: wf}}
)");
  world.tmpl(kEcho);
  json::Value spec = world.pod()["spec"];
  expect_same(spec["nodeSelector"], "{from: wf}");
  EXPECT_EQ(spec["schedulerName"].as_string(), "wf-scheduler");
  EXPECT_EQ(spec["priorityClassName"].as_string(), "low");
  expect_same(spec["securityContext"], "{runAsUser: 1}");

  world.input.boundary_template = yaml(
      "{nodeSelector: {from: dag}, tolerations: [{key: dag}], affinity: {nodeAffinity: {}}, "
      "schedulerName: no}");
  spec = world.pod()["spec"];
  expect_same(spec["nodeSelector"], "{from: dag}");
  expect_same(spec["tolerations"], "[{key: dag}]");
  expect_same(spec["affinity"], "{nodeAffinity: {}}");
  EXPECT_EQ(spec["schedulerName"].as_string(), "wf-scheduler");

  world.tmpl(R"(
name: t
nodeSelector: {from: tmpl}
tolerations: [{key: tmpl}]
affinity: {podAntiAffinity: {}}
schedulerName: own
priorityClassName: high
securityContext: {runAsUser: 2}
hostAliases: [{ip: 2.2.2.2}]
metadata: {labels: {b: tmpl}, annotations: {d: tmpl}}
container: {image: i, command: [c]}
)");
  const json::Value pod = world.pod();
  spec = pod["spec"];
  expect_same(spec["nodeSelector"], "{from: tmpl}");
  expect_same(spec["tolerations"], "[{key: tmpl}]");
  expect_same(spec["affinity"], "{podAntiAffinity: {}}");
  EXPECT_EQ(spec["schedulerName"].as_string(), "own");
  EXPECT_EQ(spec["priorityClassName"].as_string(), "high");
  expect_same(spec["securityContext"], "{runAsUser: 2}");
  expect_same(spec["hostAliases"], "[{ip: 1.1.1.1}, {ip: 2.2.2.2}]");
  EXPECT_EQ(pod["metadata"]["labels"]["a"].as_string(), "wf");
  EXPECT_EQ(pod["metadata"]["labels"]["b"].as_string(), "tmpl");
  EXPECT_EQ(pod["metadata"]["annotations"]["d"].as_string(), "tmpl");
}

TEST(Scheduling, AvoidsHostsOfFailedTries) {  // RTY
  const auto affinity = [](std::string_view given) {
    World world;
    world.tmpl(kEcho);
    if (!given.empty()) world.input.tmpl.set("affinity", yaml(given));
    world.input.failed_hosts = {"h1", "h2"};
    return world.pod()["spec"]["affinity"];
  };
  constexpr std::string_view alone =
      "{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
      "[{matchExpressions: "
      "[{key: kubernetes.io/hostname, operator: NotIn, values: [h1, h2]}]}]}}}";
  expect_same(affinity(""), alone);
  expect_same(affinity("{nodeAffinity: {}}"), alone);
  expect_same(
      affinity(
          "{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
          "[{matchExpressions: [{key: kubernetes.io/hostname, operator: NotIn, values: [h0, "
          "h1]}]}]}}}"),
      "{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
      "[{matchExpressions: [{key: kubernetes.io/hostname, operator: NotIn, values: [h0, h1, "
      "h2]}]}]}}}");
  expect_same(
      affinity(
          "{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
          "[{matchExpressions: [{key: disk, operator: Exists}]}]}}}"),
      "{nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
      "[{matchExpressions: [{key: disk, operator: Exists}, "
      "{key: kubernetes.io/hostname, operator: NotIn, values: [h1, h2]}]}]}}}");
}

TEST(ServerDefaults, AreFilledIn) {
  const json::Value pod = World()
                              .tmpl(R"(
name: t
volumes:
- {name: d, downwardAPI: {items: [{path: p, fieldRef: {fieldPath: metadata.name}}]}}
- {name: p, projected: {sources: [{serviceAccountToken: {path: t}}]}}
container:
  image: example.com:5000/app
  command: [c]
  env: [{name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]
  readinessProbe: {httpGet: {port: 80}, periodSeconds: 3}
  lifecycle: {preStop: {httpGet: {port: 81}}}
)")
                              .pod();
  const json::Value main = container(pod, "main");
  EXPECT_EQ(main["imagePullPolicy"].as_string(), "Always");
  expect_same(main["readinessProbe"],
              "{httpGet: {port: 80, path: /, scheme: HTTP}, periodSeconds: 3, timeoutSeconds: 1,"
              " successThreshold: 1, failureThreshold: 3}");
  expect_same(main["lifecycle"]["preStop"]["httpGet"], "{port: 81, path: /, scheme: HTTP}");
  expect_same(named(main["env"], "CPU")["valueFrom"]["resourceFieldRef"],
              "{resource: limits.cpu, divisor: '0'}");
  expect_same(named(pod["spec"]["volumes"], "d")["downwardAPI"],
              "{items: [{path: p, fieldRef: {fieldPath: metadata.name, apiVersion: v1}}], "
              "defaultMode: 420}");
  expect_same(
      named(pod["spec"]["volumes"], "p")["projected"],
      "{sources: [{serviceAccountToken: {path: t, expirationSeconds: 3600}}], defaultMode: 420}");
}

TEST(ServerDefaults, HowImagesArePulled) {
  const auto policy = [](std::string_view image) {
    World world;
    world.tmpl("{name: t, container: {command: [c]}}");
    world.input.tmpl.at("container").set("image", image);
    return std::string(container(world.pod(), "main")["imagePullPolicy"].as_string());
  };
  EXPECT_EQ(policy("app"), "Always");
  EXPECT_EQ(policy("app:latest"), "Always");
  EXPECT_EQ(policy("host:5000/app:1"), "IfNotPresent");
  EXPECT_EQ(policy("app@sha256:0000"), "IfNotPresent");
  EXPECT_EQ(policy("no image"), "IfNotPresent");
}

}  // namespace
}  // namespace wf::podspec
