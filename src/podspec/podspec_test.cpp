// SPDX-License-Identifier: Apache-2.0
#include "podspec/podspec.h"

#include "podspec/testing.h"

namespace wf::podspec {
namespace {

constexpr std::string_view kEcho =
    "{name: echo, container: {image: busybox, command: [echo], args: [hi]}}";

TEST(Pod, OfAPlainContainer) {  // POD-1
  const json::Value pod = World().tmpl(kEcho).pod();
  expect_same(pod["metadata"], R"(
name: wf-echo-2962115457
namespace: ns
labels: {workflows.argoproj.io/workflow: wf, workflows.argoproj.io/completed: "false"}
annotations:
  workflows.argoproj.io/node-name: wf.a
  workflows.argoproj.io/node-id: wf-2962115457
  kubectl.kubernetes.io/default-container: main
ownerReferences:
- {apiVersion: argoproj.io/v1alpha1, kind: Workflow, name: wf, uid: uid-1, controller: true, blockOwnerDeletion: true}
)");
  EXPECT_EQ(names(pod["spec"]["initContainers"]), "init");
  EXPECT_EQ(names(pod["spec"]["containers"]), "wait,main");
  EXPECT_EQ(names(pod["spec"]["volumes"]), "var-run-argo,tmp-dir-argo");
  EXPECT_EQ(pod["spec"]["restartPolicy"].as_string(), "Never");
  expect_same(container(pod, "main"), R"(
name: main
image: busybox
imagePullPolicy: Always
command: [/var/run/argo/argoexec, emissary, --loglevel, info, --log-format, text, --gloglevel, "0", --, echo]
args: [hi]
env:
- {name: ARGO_CONTAINER_NAME, value: main}
- {name: ARGO_NODE_ID, value: wf-2962115457}
- {name: ARGO_INCLUDE_SCRIPT_OUTPUT, value: "false"}
- {name: ARGO_DEADLINE, value: "0001-01-01T00:00:00Z"}
- {name: ARGO_WORKFLOW_NAME, value: wf}
- {name: ARGO_PROGRESS_FILE, value: /var/run/argo/progress}
- {name: ARGO_PROGRESS_PATCH_TICK_DURATION, value: 1m0s}
- {name: ARGO_PROGRESS_FILE_TICK_DURATION, value: 3s}
volumeMounts: [{name: var-run-argo, mountPath: /var/run/argo}]
)");
}

TEST(Pod, ItsExecutorContainers) {
  const json::Value pod = World().tmpl(kEcho).pod();
  const json::Value wait = container(pod, "wait");
  EXPECT_EQ(wait["image"].as_string(), "quay.io/argoproj/argoexec:v4.1.2");
  expect_same(wait["command"],
              "[argoexec, wait, --loglevel, info, --log-format, text, --gloglevel, '0']");
  EXPECT_EQ(mounts(wait), "/tmp=tmp-dir-argo/0 /var/run/argo=var-run-argo");
  EXPECT_EQ(
      names(wait["env"]),
      "ARGO_POD_NAME,ARGO_POD_UID,ARGO_WORKFLOW_NAME,ARGO_WORKFLOW_UID,ARGO_ARTIFACT_PLUGIN_NAMES,"
      "ARGO_CONTAINER_NAME,ARGO_NODE_ID,ARGO_INCLUDE_SCRIPT_OUTPUT,ARGO_DEADLINE,ARGO_WORKFLOW_"
      "NAME,"
      "ARGO_PROGRESS_FILE,ARGO_PROGRESS_PATCH_TICK_DURATION,ARGO_PROGRESS_FILE_TICK_DURATION");
  EXPECT_EQ(mounts(container(pod, "init")), "/var/run/argo=var-run-argo");
  EXPECT_EQ(told_template(pod)["container"]["image"].as_string(), "busybox");
}

TEST(Pod, TemplateIsToldWithoutParameters) {
  World world;
  world.tmpl(
      "{name: t, inputs: {parameters: [{name: p, value: v}]}, container: {image: i, command: "
      "[c]}}");
  EXPECT_TRUE(told_template(world.pod())["inputs"]["parameters"].is_null());
  EXPECT_EQ(world.build()->tmpl["inputs"]["parameters"].size(), 1u);
}

TEST(Pod, OfAScript) {
  const json::Value pod =
      World()
          .tmpl(
              "{name: s, script: {image: python, command: [python], args: [-u], source: print(1)}}")
          .pod();
  EXPECT_EQ(names(pod["spec"]["volumes"]), "var-run-argo,tmp-dir-argo,argo-staging");
  expect_same(container(pod, "main")["args"], "[-u, /argo/staging/script]");
  EXPECT_FALSE(container(pod, "main").has("source"));
  EXPECT_EQ(mounts(container(pod, "main")),
            "/argo/staging=argo-staging /var/run/argo=var-run-argo");
  EXPECT_EQ(mounts(container(pod, "init")),
            "/argo/staging=argo-staging /var/run/argo=var-run-argo");
  EXPECT_EQ(mounts(container(pod, "wait")),
            "/mainctrfs/argo/staging=argo-staging /tmp=tmp-dir-argo/0 /var/run/argo=var-run-argo");
}

TEST(Pod, OfAScriptWithoutSource) {
  const json::Value pod =
      World().tmpl("{name: s, script: {image: python, command: [python], source: ''}}").pod();
  EXPECT_FALSE(container(pod, "main").has("args"));
}

TEST(Pod, OfAContainerSet) {
  const json::Value pod = World()
                              .tmpl(R"(
name: set
volumes: [{name: work, emptyDir: {}}]
containerSet:
  volumeMounts: [{name: work, mountPath: /data}]
  containers:
  - {name: a, image: busybox, command: [a]}
  - {name: b, image: busybox, command: [b], dependencies: [a]}
)")
                              .pod();
  EXPECT_EQ(names(pod["spec"]["containers"]), "wait,a,b");
  EXPECT_EQ(pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"].as_string(),
            "b");
  EXPECT_FALSE(container(pod, "b").has("dependencies"));
  EXPECT_EQ(mounts(container(pod, "b")), "/data=work /var/run/argo=var-run-argo");
  EXPECT_EQ(env_of(pod, "b", "ARGO_CONTAINER_NAME"), "b");
}

TEST(Pod, OfAResource) {  // CTR-4
  const json::Value pod =
      World().tmpl("{name: r, resource: {action: create, manifest: 'kind: Job'}}").pod();
  EXPECT_EQ(names(pod["spec"]["containers"]), "main");
  expect_same(
      container(pod, "main")["command"],
      "[/var/run/argo/argoexec, emissary, --loglevel, info, --log-format, text, --gloglevel, '0', "
      "--,"
      " argoexec, resource, create, --loglevel, info, --log-format, text, --gloglevel, '0']");
  expect_same(container(pod, "main")["securityContext"], R"(
capabilities: {drop: [ALL]}
privileged: false
runAsUser: 8737
runAsNonRoot: true
readOnlyRootFilesystem: true
allowPrivilegeEscalation: false
seccompProfile: {type: RuntimeDefault}
)");
  EXPECT_TRUE(container(pod, "init")["securityContext"]["readOnlyRootFilesystem"].is_null());
  EXPECT_EQ(container(pod, "init")["securityContext"]["runAsUser"].as_int(), 8737);
  EXPECT_EQ(mounts(container(pod, "main")), "/tmp=tmp-dir-argo/0 /var/run/argo=var-run-argo");
}

TEST(Pod, OfAResourceWhoseLogsAreKept) {
  const json::Value pod = World()
                              .tmpl(
                                  "{name: r, archiveLocation: {archiveLogs: true}, resource: "
                                  "{action: get, manifest: x}}")
                              .pod();
  EXPECT_EQ(names(pod["spec"]["containers"]), "wait,main");
}

TEST(Pod, OfAResourceOwnedByTheWorkflow) {  // CTR-4
  const json::Value pod = World()
                              .tmpl(R"(
name: r
resource: {action: create, setOwnerReference: true, manifest: "{kind: Job, metadata: {name: j}}"}
)")
                              .pod();
  EXPECT_EQ(told_template(pod)["resource"]["manifest"].as_string(), R"(kind: Job
metadata:
  name: j
  ownerReferences:
  - apiVersion: argoproj.io/v1alpha1
    blockOwnerDeletion: true
    controller: true
    kind: Workflow
    name: wf
    uid: uid-1
)");
}

TEST(Pod, OfDataTransformations) {  // CTR-6
  const json::Value pod = World()
                              .tmpl(R"(
name: d
data:
  source: {artifactPaths: {name: in, s3: {endpoint: e, bucket: b, key: k, accessKeySecret: {name: s, key: a}}}}
  transformation: [{expression: 'filter(data, true )'}]
)")
                              .pod();
  EXPECT_EQ(names(pod["spec"]["containers"]), "main");
  EXPECT_EQ(mounts(container(pod, "main")),
            "/argo/secret/s=s! /tmp=tmp-dir-argo/0 /var/run/argo=var-run-argo");
  EXPECT_EQ(container(pod, "main")["command"].items()[10].as_string(), "data");
}

TEST(Pod, NamesOfVersionOne) {  // NOD-14
  World world;
  world.workflow.pod_names = spec::PodNames::V1;
  EXPECT_EQ(world.tmpl(kEcho).pod()["metadata"]["name"].as_string(), "wf-2962115457");
}

TEST(Pod, OfAnExitHandler) {
  World world;
  world.input.on_exit = true;
  world.input.workflow_deadline = world.input.now - std::chrono::seconds(5);
  const json::Value pod = world.tmpl(kEcho).pod();
  EXPECT_EQ(pod["metadata"]["labels"]["workflows.argoproj.io/on-exit"].as_string(), "true");
  EXPECT_EQ(env_of(pod, "main", "ARGO_DEADLINE"), "0001-01-01T00:00:00Z");
}

TEST(Pod, IsTraced) {
  World world;
  world.workflow.trace_id = "0123456789abcdef0123456789abcdef";
  const json::Value pod = world.tmpl(kEcho).pod();
  const auto& notes = pod["metadata"]["annotations"];
  EXPECT_EQ(notes["workflows.argoproj.io/trace-id"].as_string(), world.workflow.trace_id);
  const std::string span(notes["workflows.argoproj.io/span-id"].as_string());
  EXPECT_EQ(span.size(), 16u);
  EXPECT_EQ(env_of(pod, "wait", "TRACESTATE"), "workflow=ns/wf");
  EXPECT_EQ(env_of(pod, "main", "TRACEPARENT"),
            "00-" + world.workflow.trace_id + "-" + span + "-01");
  EXPECT_TRUE(world.pod() == pod);
}

TEST(Pod, CollectorsDelay) {
  const auto strategy = [](std::string_view settings, std::string_view spec) {
    const json::Value pod = World(settings).spec(spec).tmpl(kEcho).pod();
    return std::string(
        pod["metadata"]["annotations"]["workflows.argoproj.io/pod-gc-strategy"].as_string());
  };
  EXPECT_EQ(strategy("{}", "{podGC: {strategy: OnPodSuccess}}"), "OnPodSuccess/5s");
  EXPECT_EQ(strategy("{}", "{podGC: {strategy: OnPodSuccess, deleteDelayDuration: '90'}}"),
            "OnPodSuccess/1m30s");
  EXPECT_EQ(strategy("{podGCDeleteDelayDuration: 2m}", "{podGC: {}}"), "/2m0s");
  EXPECT_EQ(strategy("{}", "{}"), "");
}

TEST(Pod, InitialProgressOfItsMetadata) {
  World world;
  const auto progress = [&](std::string_view text) {
    world.tmpl(kEcho);
    world.input.tmpl.at("metadata").at("annotations").set("workflows.argoproj.io/progress", text);
    return world.build()->progress;
  };
  EXPECT_EQ(progress("2/5"), "2/5");
  EXPECT_EQ(progress("x/5"), "x/5");  // Argo reads what is no number as 0
  EXPECT_EQ(progress("6/5"), "");
  EXPECT_EQ(progress("0/0"), "");
}

TEST(Deadline, IsTheShortestThatHolds) {  // POD-23, TIM
  const auto seconds = [](std::string_view tmpl, std::optional<int> workflow,
                          std::optional<int> timeout = {}) {
    World world;
    world.tmpl(tmpl);
    if (workflow) world.input.workflow_deadline = world.input.now + std::chrono::seconds(*workflow);
    if (timeout) world.input.template_deadline = world.input.now + std::chrono::seconds(*timeout);
    return world.pod()["spec"]["activeDeadlineSeconds"].as_int();
  };
  constexpr std::string_view own =
      "{name: t, activeDeadlineSeconds: '30', container: {image: i, command: [c]}}";
  EXPECT_EQ(seconds(kEcho, {}), std::nullopt);
  EXPECT_EQ(seconds(kEcho, 20), 20);
  EXPECT_EQ(seconds(own, {}), 30);
  EXPECT_EQ(seconds(own, 20), 20);
  EXPECT_EQ(seconds(own, 40), 30);
  EXPECT_EQ(seconds(own, 20, 100), 100);  // the template's timeout replaces all others
  EXPECT_EQ(seconds("{name: t, activeDeadlineSeconds: 30, container: {image: i, command: [c],"
                    " env: [{name: ARGO_DEBUG_PAUSE_AFTER, value: 'true'}]}}",
                    20),
            std::nullopt);
}

TEST(Deadline, ThatHasPassed) {
  World world;
  world.input.workflow_deadline = world.input.now;
  world.tmpl(kEcho);
  EXPECT_TRUE(world.build()->pod.is_null());
  World late;
  late.input.template_deadline = late.input.now + std::chrono::seconds(1);
  EXPECT_EQ(late.tmpl(kEcho).error(), "wf.a exceeded its deadline");
  World odd;
  EXPECT_EQ(
      odd.tmpl("{name: t, activeDeadlineSeconds: x, container: {image: i, command: [c]}}").error(),
      "value 'x' cannot be resolved to an int");
}

TEST(Deadline, OfTheExecutor) {
  World world;
  world.input.workflow_deadline = world.input.now + std::chrono::seconds(100);
  world.input.execution_deadline = world.input.now + std::chrono::seconds(10);
  EXPECT_EQ(env_of(world.tmpl(kEcho).pod(), "main", "ARGO_DEADLINE"), "2023-11-14T22:13:30Z");
}

TEST(Image, GivesTheCommand) {
  constexpr std::string_view bare = "{name: t, container: {image: app}}";
  World world("{images: {app: {entrypoint: [/run], cmd: [a, b]}}}");
  json::Value main = container(world.tmpl(bare).pod(), "main");
  EXPECT_EQ(main["command"].items()[9].as_string(), "/run");
  expect_same(main["args"], "[a, b]");
  main = container(world.tmpl("{name: t, container: {image: app, args: [x]}}").pod(), "main");
  expect_same(main["args"], "[x]");

  World unknown;
  EXPECT_EQ(
      unknown.tmpl(bare).error(),
      "failed to look-up entrypoint/cmd for image \"app\", you must either explicitly specify the "
      "command, "
      "or list the image's command in the index: https://argo-workflows.readthedocs.io/en/latest/"
      "workflow-executors/#emissary-emissary: image not found");
  unknown.controller.lookups.image = [](std::string_view) -> Result<ImageCommand> {
    return Error("registry is away", Code::Unavailable);
  };
  EXPECT_EQ(unknown.build().error().code(), Code::Unavailable);
}

TEST(ServiceAccount, OfPodAndExecutor) {
  World world;
  world.spec(
      "{serviceAccountName: runner, automountServiceAccountToken: false, executor: "
      "{serviceAccountName: ex}}");
  const json::Value pod = world.tmpl(kEcho).pod();
  EXPECT_EQ(pod["spec"]["serviceAccountName"].as_string(), "runner");
  EXPECT_TRUE(pod["spec"].has("automountServiceAccountToken"));
  expect_same(named(pod["spec"]["volumes"], "exec-sa-token")["secret"],
              "{secretName: ex.service-account-token, defaultMode: 420}");
  EXPECT_EQ(
      mounts(container(pod, "init")),
      "/var/run/secrets/kubernetes.io/serviceaccount=exec-sa-token! /var/run/argo=var-run-argo");
  EXPECT_EQ(mounts(container(pod, "main")), "/var/run/argo=var-run-argo");

  world.tmpl(
      "{name: t, serviceAccountName: own, automountServiceAccountToken: true,"
      " executor: {serviceAccountName: mine}, container: {image: i, command: [c]}}");
  EXPECT_EQ(world.pod()["spec"]["serviceAccountName"].as_string(), "own");
  EXPECT_FALSE(world.pod()["spec"].has("automountServiceAccountToken"));
  world.controller.lookups.token_secret = [](std::string_view account) -> Result<std::string> {
    return std::string(account) + "-token";
  };
  expect_same(named(world.pod()["spec"]["volumes"], "exec-sa-token")["secret"],
              "{secretName: mine-token, defaultMode: 420}");

  EXPECT_EQ(
      World().spec("{automountServiceAccountToken: false}").tmpl(kEcho).error(),
      "executor.serviceAccountName must not be empty if automountServiceAccountToken is false");
}

TEST(ServiceAccount, NameOfItsSecret) {
  EXPECT_EQ(token_secret_name(yaml("{metadata: {name: a}, secrets: [{name: s1}, {name: s2}]}")),
            "s1");
  EXPECT_EQ(token_secret_name(yaml("{metadata: {name: a, annotations: "
                                   "{workflows.argoproj.io/service-account-token.name: t}}}")),
            "t");
  EXPECT_EQ(token_secret_name(yaml("{metadata: {name: a}}")), "a.service-account-token");
}

}  // namespace
}  // namespace wf::podspec
