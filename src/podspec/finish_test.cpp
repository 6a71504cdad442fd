// SPDX-License-Identifier: Apache-2.0
// Variables, patches and what is too long; the layout without init containers.
#include "podspec/testing.h"

namespace wf::podspec {
namespace {

TEST(Variables, AreReplacedInThePod) {  // SUB-12
  World world;
  world.spec(
      "{volumes: [{name: v, hostPath: {path: "
      "'/data/{{workflow.name}}/{{inputs.parameters.p}}'}}]}");
  world.tmpl(R"(
name: t
inputs: {parameters: [{name: p, value: x1}]}
metadata: {labels: {pod: "{{pod.name}}"}}
container: {image: i, command: [c], args: ["{{unknown}}", "{{ .Data }}"], volumeMounts: [{name: v, mountPath: /v}]}
)");
  const json::Value pod = world.pod();
  EXPECT_EQ(named(pod["spec"]["volumes"], "v")["hostPath"]["path"].as_string(), "/data/wf/x1");
  EXPECT_EQ(pod["metadata"]["labels"]["pod"].as_string(), "wf-t-2962115457");
  expect_same(container(pod, "main")["args"], "['{{unknown}}', '{{ .Data }}']");  // SUB-13
  EXPECT_EQ(told_template(pod)["metadata"]["labels"]["pod"].as_string(), "wf-t-2962115457");
  EXPECT_EQ(world.build()->tmpl["inputs"]["parameters"].size(), 1u);
}

TEST(Patch, OfWorkflowThenTemplate) {
  World world;
  world.globals.set("workflow.parameters.mem", expr::Any("64Mi"));
  world.spec(
      R"({podSpecPatch: "terminationGracePeriodSeconds: 7\ncontainers: [{name: main, resources: {limits: {memory: '{{workflow.parameters.mem}}'}}}]"})");
  world.tmpl(R"(
name: t
inputs: {parameters: [{name: user, value: "12"}]}
podSpecPatch: '{"terminationGracePeriodSeconds": 9, "securityContext": {"runAsUser": {{inputs.parameters.user}}}, "hostname": "{{pod.name}}"}'
container: {image: i, command: [c]}
)");
  const json::Value pod = world.pod();
  expect_same(container(pod, "main")["resources"],
              "{limits: {memory: 64Mi}, requests: {memory: 64Mi}}");
  EXPECT_EQ(pod["spec"]["terminationGracePeriodSeconds"].as_int(), 9);
  EXPECT_EQ(env_of(pod, "wait", "ARGO_TERMINATION_GRACE_PERIOD_SECONDS"), "9");
  EXPECT_EQ(env_of(pod, "main", "ARGO_TERMINATION_GRACE_PERIOD_SECONDS"), "9");
  expect_same(pod["spec"]["securityContext"], "{runAsUser: 12}");
  EXPECT_EQ(pod["spec"]["hostname"].as_string(), "wf-t-2962115457");
}

TEST(Patch, ThatIsWrong) {
  World world;
  world.spec("{podSpecPatch: 'containers: 5'}")
      .tmpl("{name: t, container: {image: i, command: [c]}}");
  EXPECT_EQ(world.error(), "Error applying PodSpecPatch");
}

TEST(Long, TemplateGoesToAConfigMap) {  // POD-25
  World world;
  world.tmpl("{name: s, script: {image: i, command: [c]}}");
  world.input.tmpl.at("script").set("source", std::string(140'000, 'x'));
  const auto built = world.build();
  ASSERT_TRUE(built.ok());
  EXPECT_EQ(env_of(built->pod, "init", "ARGO_TEMPLATE"), "offloaded");
  EXPECT_TRUE(mounts(container(built->pod, "init")).ends_with("/argo/config=argo-env-config"));
  expect_same(named(built->pod["spec"]["volumes"], "argo-env-config")["configMap"],
              "{name: wf-s-2962115457, defaultMode: 420}");
  EXPECT_EQ(built->config_map["metadata"]["name"].as_string(), "wf-s-2962115457");
  EXPECT_GT(built->config_map["data"]["ARGO_TEMPLATE"].as_string().size(), 140'000u);
  EXPECT_EQ(built->config_map["data"].size(), 1u);
}

TEST(Long, ArgumentsGoToAConfigMap) {
  World world;
  world.tmpl("{name: t, container: {image: i, command: [c]}}");
  world.input.tmpl.at("container").set("args", json::Value::array({std::string(140'000, 'x')}));
  const auto built = world.build();
  ASSERT_TRUE(built.ok());
  EXPECT_FALSE(container(built->pod, "main").has("args"));
  EXPECT_EQ(env_of(built->pod, "main", "ARGO_CONTAINER_ARGS_FILE"),
            "/argo/config/ARGO_CONTAINER_ARGS_FILE");
  EXPECT_TRUE(
      built->config_map["data"]["ARGO_CONTAINER_ARGS_FILE"].as_string().starts_with("[\"xxx"));
}

constexpr std::string_view kInitless = R"(
initlessPod: {enabled: true}
artifactDrivers: [{name: p, image: plug}]
images: {plug: {entrypoint: [/plug]}}
)";

TEST(Initless, ASupervisorDoesItAll) {
  World world(kInitless);
  const json::Value pod = world.tmpl("{name: t, container: {image: i, command: [c]}}").pod();
  EXPECT_FALSE(pod["spec"].has("initContainers"));
  EXPECT_EQ(names(pod["spec"]["containers"]), "supervisor,main");
  expect_same(named(pod["spec"]["volumes"], "argoexec-bin")["image"],
              "{reference: 'quay.io/argoproj/argoexec:v4.1.2', pullPolicy: IfNotPresent}");
  EXPECT_EQ(container(pod, "main")["command"].items()[0].as_string(), "/argo-bin/bin/argoexec");
  EXPECT_EQ(mounts(container(pod, "main")), "/argo-bin=argoexec-bin! /var/run/argo=var-run-argo");
  EXPECT_EQ(env_of(pod, "main", "ARGO_WAIT_FOR_READY"), "true");
  EXPECT_EQ(env_of(pod, "main", "ARGO_TEMPLATE"), "");
  EXPECT_EQ(env_of(pod, "supervisor", "ARGO_INITLESS_POD"), "true");
  EXPECT_EQ(told_template(pod, "supervisor")["name"].as_string(), "t");
}

TEST(Initless, WithoutASupervisorMainIsTold) {
  World world(kInitless);
  const json::Value pod = world.tmpl("{name: r, resource: {action: get, manifest: x}}").pod();
  EXPECT_EQ(names(pod["spec"]["containers"]), "main");
  EXPECT_EQ(told_template(pod, "main")["name"].as_string(), "r");
  EXPECT_EQ(env_of(pod, "main", "ARGO_WAIT_FOR_READY"), "");
  world.tmpl(
      "{name: r, resource: {action: get, manifestFrom: {artifact: {name: m}}},"
      " inputs: {artifacts: [{name: m, path: /m, raw: {data: x}}]}}");
  EXPECT_EQ(names(world.pod()["spec"]["containers"]), "supervisor,main");
}

TEST(Initless, InputsAreLinked) {
  World world(kInitless);
  world.tmpl(
      "{name: t, inputs: {artifacts: [{name: a, path: /a, raw: {data: x}}]}, container: {image: i, "
      "command: [c]}}");
  const json::Value pod = world.pod();
  EXPECT_EQ(
      mounts(container(pod, "main")),
      "/argo/inputs/artifacts=input-artifacts /argo-bin=argoexec-bin! /var/run/argo=var-run-argo");
  EXPECT_EQ(
      mounts(container(pod, "supervisor")),
      "/argo/inputs/artifacts=input-artifacts /mainctrfs/argo/inputs/artifacts=input-artifacts"
      " /tmp=tmp-dir-argo/0 /var/run/argo=var-run-argo");
  world.tmpl(
      "{name: t, volumes: [{name: v, emptyDir: {}}], inputs: {artifacts: [{name: a, path: /a, raw: "
      "{data: x}}]},"
      " container: {image: i, command: [c], volumeMounts: [{name: v, mountPath: /a/b}]}}");
  EXPECT_EQ(world.error(),
            "input artifact \"a\" path \"/a\" is an ancestor of volume mount \"v\" (/a/b); this is "
            "not supported in "
            "init-less pod mode because staging the artifact would clear the mounted volume");
}

TEST(Initless, OnePluginContainerLoadsAndSaves) {
  World world(kInitless);
  world.tmpl(R"(
name: t
inputs: {artifacts: [{name: a, path: /a, plugin: {name: p, configuration: c, key: k}}]}
outputs: {artifacts: [{name: o, path: /o, plugin: {name: p, configuration: c, key: k}}]}
container: {image: i, command: [c]}
)");
  const json::Value pod = world.pod();
  EXPECT_EQ(names(pod["spec"]["containers"]), "supervisor,main,artifact-plugin-p");
  EXPECT_EQ(env_of(pod, "supervisor", "ARGO_ARTIFACT_PLUGIN_NAMES"), "artifact-plugin-p");
  EXPECT_EQ(env_of(pod, "supervisor", "ARGO_INPUT_ARTIFACT_PLUGIN_NAMES"), "p");
  EXPECT_EQ(container(pod, "artifact-plugin-p")["command"].items()[0].as_string(),
            "/argo-bin/bin/argoexec");
  EXPECT_TRUE(mounts(container(pod, "artifact-plugin-p"))
                  .starts_with("/tmp/artifact-plugins/p=artifact-plugin-p /argo-bin=argoexec-bin! "
                               "/argo/inputs/artifacts=input-artifacts"));
}

}  // namespace
}  // namespace wf::podspec
