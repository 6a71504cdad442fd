// SPDX-License-Identifier: Apache-2.0
#include "podspec/artifacts.h"

#include "podspec/testing.h"

namespace wf::podspec {
namespace {

constexpr std::string_view kS3 =
    "{s3: {endpoint: e, bucket: b, accessKeySecret: {name: cred, key: a}, secretKeySecret: {name: "
    "cred, key: s}}}";
constexpr std::string_view kSaves =
    "{name: t, container: {image: i, command: [c]}, outputs: {artifacts: [{name: o, path: /o}]}}";

TEST(Repository, AsAnArchiveLocation) {
  const auto location = [](std::string_view text) { return archive_location_of(yaml(text)); };
  expect_same(location("{archiveLogs: true, s3: {bucket: b, keyPrefix: pre/}}"),
              "{archiveLogs: true, s3: {bucket: b, key: 'pre/{{workflow.name}}/{{pod.name}}'}}");
  expect_same(location("{s3: {bucket: b, keyFormat: 'f/{{pod.name}}', keyPrefix: no}}"),
              "{s3: {bucket: b, key: 'f/{{pod.name}}'}}");
  expect_same(location("{gcs: {bucket: b}}"),
              "{gcs: {bucket: b, key: '{{workflow.name}}/{{pod.name}}'}}");
  expect_same(location("{oss: {endpoint: e, keyFormat: k}}"), "{oss: {endpoint: e, key: k}}");
  expect_same(location("{artifactory: {repoURL: 'http://h/r', keyFormat: k}}"),
              "{artifactory: {url: 'http://h/r/k'}}");
  expect_same(location("{azure: {container: c, blobNameFormat: k}}"),
              "{azure: {container: c, blob: k}}");
  expect_same(location("{hdfs: {addresses: [a], pathFormat: /k, force: true}}"),
              "{hdfs: {addresses: [a], path: /k, force: true}}");
  expect_same(location("{plugin: {name: p, configuration: c}}"),
              "{plugin: {name: p, configuration: c, key: '{{workflow.name}}/{{pod.name}}'}}");
  expect_same(archive_location_of(json::Value()), "{}");
}

TEST(Repository, IsLookedFor) {
  const ConfigMapLookup maps = [](std::string_view ns, std::string_view name) {
    if (ns == "ns" && name == "artifact-repositories") {
      return yaml(
          "{metadata: {annotations: {workflows.argoproj.io/default-artifact-repository: mine}},"
          " data: {mine: 's3: {bucket: m}', bad: 's3: [1'}}");
    }
    if (ns == "argo" && name == "shared") return yaml("{data: {k: 'gcs: {bucket: g}'}}");
    return json::Value();
  };
  const auto resolve = [&](std::string_view ref, std::string_view ns) {
    auto found =
        resolve_artifact_repository(yaml(ref), ns, "argo", yaml("{s3: {bucket: d}}"), maps);
    return found ? *found : json::Value(found.error().message());
  };
  expect_same(resolve("", "ns"),
              "{configMap: artifact-repositories, key: mine, namespace: ns,"
              " artifactRepository: {s3: {bucket: m}}}");
  expect_same(resolve("", "other"), "{default: true, artifactRepository: {s3: {bucket: d}}}");
  expect_same(
      resolve("{configMap: shared, key: k}", "ns"),
      "{configMap: shared, key: k, namespace: argo, artifactRepository: {gcs: {bucket: g}}}");
  EXPECT_EQ(resolve("{key: none}", "ns").as_string(),
            "failed to find any artifact repository for artifact repository ref \"#none\"");
  EXPECT_TRUE(resolve("{key: bad}", "ns")
                  .as_string()
                  .starts_with("error getting config map for artifact repository ref \"ns/#bad\": "
                               "failed to unmarshall config map key"
                               " \"bad\" for artifact repository ref \"ns/#bad\": "));
}

TEST(Archive, IsAddedWhereSomethingIsSaved) {
  World world;
  world.repository(kS3);
  expect_same(told_template(world.tmpl(kSaves).pod())["archiveLocation"], R"(
archiveLogs: false
s3:
  endpoint: e
  bucket: b
  accessKeySecret: {name: cred, key: a}
  secretKeySecret: {name: cred, key: s}
  key: wf/wf-t-2962115457
)");
  world.tmpl("{name: t, container: {image: i, command: [c]}}");
  EXPECT_FALSE(told_template(world.pod()).has("archiveLocation"));
  world.spec("{archiveLogs: true}");
  EXPECT_TRUE(told_template(world.pod())["archiveLocation"]["archiveLogs"].as_bool());
  world.input.tmpl.set("archiveLocation", yaml("{archiveLogs: false}"));
  expect_same(told_template(world.pod())["archiveLocation"], "{archiveLogs: false}");
  world.repository("{archiveLogs: true}");
  expect_same(told_template(world.pod())["archiveLocation"], "{archiveLogs: true}");
}

TEST(Archive, OfTheTemplateStays) {
  World world;
  world.repository(kS3).tmpl(kSaves);
  world.input.tmpl.set("archiveLocation",
                       yaml("{s3: {endpoint: x, bucket: z, key: 'z/{{pod.name}}'}}"));
  expect_same(told_template(world.pod())["archiveLocation"],
              "{s3: {endpoint: x, bucket: z, key: z/wf-t-2962115457}}");
}

TEST(Archive, MustBeResolved) {  // POD-26
  World world;
  world.repository("{s3: {endpoint: e, bucket: b, keyFormat: '{{workflow.nothing}}'}}")
      .tmpl(kSaves);
  EXPECT_EQ(world.error(), "failed to resolve {{workflow.nothing}}");
}

TEST(Secrets, AreMountedForTheExecutor) {
  World world;
  world.repository(kS3).tmpl(R"(
name: t
inputs:
  artifacts:
  - {name: src, path: /src, git: {repo: r, sshPrivateKeySecret: {name: git, key: ssh}}}
  - {name: more, path: /more, s3: {endpoint: e, bucket: b, key: k, accessKeySecret: {name: cred, key: a}, caSecret: {name: ca, key: crt}}}
  - {name: web, path: /web, http: {url: u, auth: {basicAuth: {usernameSecret: {name: web, key: u}}, oauth2: {tokenURLSecret: {name: web, key: t}}}}}
outputs: {artifacts: [{name: o, path: /o}]}
container: {image: i, command: [c]}
)");
  const json::Value pod = world.pod();
  EXPECT_EQ(names(pod["spec"]["volumes"]),
            "var-run-argo,tmp-dir-argo,cred,git,ca,web,input-artifacts");
  expect_same(
      named(pod["spec"]["volumes"], "cred")["secret"],
      "{secretName: cred, items: [{key: a, path: a}, {key: s, path: s}], defaultMode: 420}");
  expect_same(named(pod["spec"]["volumes"], "web")["secret"]["items"],
              "[{key: u, path: u}, {key: t, path: t}]");
  EXPECT_TRUE(mounts(container(pod, "init"))
                  .starts_with("/argo/secret/cred=cred! /argo/secret/git=git! /argo/secret/ca=ca! "
                               "/argo/secret/web=web!"));
  EXPECT_EQ(mounts(container(pod, "main")).find("secret"), std::string::npos);
}

TEST(Secrets, OfEveryStore) {
  const auto mounted = [](std::string_view location) {
    const json::Value list[] = {yaml(location)};
    return names(secrets_of_locations(list).volumes);
  };
  EXPECT_EQ(
      mounted(
          "{artifactory: {usernameSecret: {name: u, key: k}, passwordSecret: {name: p, key: k}}}"),
      "u,p");
  EXPECT_EQ(
      mounted("{hdfs: {krbCCacheSecret: {name: c, key: k}, krbKeytabSecret: {name: t, key: k}}}"),
      "c,t");
  EXPECT_EQ(
      mounted("{oss: {accessKeySecret: {name: a, key: k}, secretKeySecret: {name: s, key: k}}}"),
      "a,s");
  EXPECT_EQ(mounted("{gcs: {serviceAccountKeySecret: {name: g, key: k}}}"), "g");
  EXPECT_EQ(mounted("{azure: {accountKeySecret: {name: z, key: k}}}"), "z");
  EXPECT_EQ(
      mounted(
          "{s3: {sessionTokenSecret: {name: t, key: k}, encryptionOptions: {enableEncryption: true,"
          " serverSideCustomerKeySecret: {name: e, key: k}}}}"),
      "t,e");
  EXPECT_EQ(mounted("{s3: {encryptionOptions: {serverSideCustomerKeySecret: {name: e, key: k}}}}"),
            "");
  EXPECT_EQ(mounted("{s3: {accessKeySecret: {name: nokey}}}"), "");
}

TEST(Inputs, AreMountedOnMain) {
  const json::Value pod = World()
                              .tmpl(R"(
name: t
volumes: [{name: work, emptyDir: {}}]
inputs:
  artifacts:
  - {name: a, path: /in/a/, raw: {data: x}}
  - {name: below, path: /data/x, raw: {data: x}}
  - {name: none, path: /none, optional: true}
container: {image: i, command: [c], volumeMounts: [{name: work, mountPath: /data, readOnly: true}]}
)")
                              .pod();
  EXPECT_EQ(mounts(container(pod, "main")),
            "/data=work! /in/a=input-artifacts/a /var/run/argo=var-run-argo");
  EXPECT_EQ(
      mounts(container(pod, "init")),
      "/argo/inputs/artifacts=input-artifacts /mainctrfs/data=work! /var/run/argo=var-run-argo");
  EXPECT_EQ(mounts(container(pod, "wait")),
            "/mainctrfs/data=work /mainctrfs/in/a=input-artifacts/a /tmp=tmp-dir-argo/0 "
            "/var/run/argo=var-run-argo");
}

TEST(Inputs, WithoutAPath) {
  World world;
  world.tmpl(
      "{name: t, inputs: {artifacts: [{name: a, raw: {data: x}}]}, container: {image: i, command: "
      "[c]}}");
  EXPECT_EQ(world.error(), "error in inputs.artifacts.a: Artifact 'a' did not specify a path");
}

TEST(Volumes, AreTakenFromTemplateSpecAndClaims) {
  World world;
  world.spec(
      "{volumes: [{name: a, emptyDir: {medium: Memory}}, {name: b, emptyDir: {}}, {name: unused, "
      "emptyDir: {}}]}");
  world.input.claims = yaml("[{name: c, persistentVolumeClaim: {claimName: wf-c}}]");
  world.tmpl(R"(
name: t
volumes: [{name: a, hostPath: {path: /a}}]
container: {image: i, command: [c], volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /b}]}
initContainers: [{name: i1, image: i, command: [c], volumeMounts: [{name: c, mountPath: /c}]}]
sidecars: [{name: s1, image: i, command: [c], mirrorVolumeMounts: true}]
)");
  const json::Value pod = world.pod();
  EXPECT_EQ(names(pod["spec"]["volumes"]), "var-run-argo,tmp-dir-argo,a,b,c");
  EXPECT_TRUE(named(pod["spec"]["volumes"], "a").has("hostPath"));
  EXPECT_EQ(names(pod["spec"]["initContainers"]), "init,i1");
  EXPECT_EQ(names(pod["spec"]["containers"]), "wait,main,s1");
  EXPECT_EQ(mounts(container(pod, "i1")), "/c=c /var/run/argo=var-run-argo");
  EXPECT_EQ(mounts(container(pod, "s1")), "/a=a /b=b /var/run/argo=var-run-argo");
  EXPECT_FALSE(container(pod, "s1").has("mirrorVolumeMounts"));
  EXPECT_EQ(env_of(pod, "i1", "ARGO_TEMPLATE").substr(0, 1), "{");

  world.input.claims = json::Value();
  EXPECT_EQ(world.error(), "volume 'c' not found in workflow spec");  // POD-25
}

constexpr std::string_view kPlugins = R"(
artifactDrivers: [{name: p, image: plug, connectionTimeoutSeconds: 9}, {name: q, image: plug}]
images: {plug: {entrypoint: [/plug], cmd: [x]}}
)";

TEST(Plugins, LoadInInitContainersAndSaveInSidecars) {
  World world(kPlugins);
  world.tmpl(R"(
name: t
inputs: {artifacts: [{name: a, path: /a, plugin: {name: p, configuration: c, key: k}}]}
outputs: {artifacts: [{name: o, path: /o, plugin: {name: q, configuration: c, key: k}}]}
container: {image: i, command: [c]}
)");
  const json::Value pod = world.pod();
  EXPECT_EQ(names(pod["spec"]["initContainers"]), "init,init-artifact-p");
  EXPECT_EQ(names(pod["spec"]["containers"]), "wait,main,artifact-plugin-q");
  EXPECT_EQ(names(pod["spec"]["volumes"]),
            "var-run-argo,tmp-dir-argo,artifact-plugin-q,input-artifacts");
  expect_same(container(pod, "init-artifact-p")["command"],
              "[/var/run/argo/argoexec, artifact-plugin-init, --plugin-name, p, --loglevel, info, "
              "--log-format, text,"
              " --gloglevel, '0', --, /plug, /tmp/artifact-plugins/p/socket]");
  expect_same(container(pod, "artifact-plugin-q")["command"],
              "[/var/run/argo/argoexec, artifact-plugin-sidecar, --loglevel, info, --log-format, "
              "text, --gloglevel,"
              " '0', --, /plug, /tmp/artifact-plugins/q/socket]");
  EXPECT_EQ(mounts(container(pod, "artifact-plugin-q")),
            "/tmp/artifact-plugins/q=artifact-plugin-q /mainctrfs/a=input-artifacts/a"
            " /tmp/argo/outputs=tmp-dir-argo/argo/outputs /var/run/argo=var-run-argo");
  EXPECT_EQ(env_of(pod, "wait", "ARGO_ARTIFACT_PLUGIN_NAMES"), "artifact-plugin-q");
  const json::Value told = told_template(pod);
  EXPECT_EQ(told["inputs"]["artifacts"].items()[0]["plugin"]["connectionTimeoutSeconds"].as_int(),
            9);
  EXPECT_FALSE(told["outputs"]["artifacts"].items()[0]["plugin"].has("connectionTimeoutSeconds"));
}

TEST(Plugins, OfTheRepositoryKeepLogs) {
  World world(kPlugins);
  world.repository("{archiveLogs: true, plugin: {name: p, configuration: c}}");
  world.tmpl("{name: t, container: {image: i, command: [c]}}");
  EXPECT_EQ(names(world.pod()["spec"]["containers"]), "wait,main,artifact-plugin-p");
  world.repository("{archiveLogs: true, plugin: {name: z, configuration: c}}");
  EXPECT_EQ(world.error(), "artifact driver z not found");
}

}  // namespace
}  // namespace wf::podspec
