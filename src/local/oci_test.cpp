// SPDX-License-Identifier: Apache-2.0
// What only driver oci does: images, volumes, users, limits, roots of their own.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <cstdlib>

#include "base/text.h"
#include "io/file.h"
#include "io/process.h"
#include "local/backend.h"
#include "local/image_store.h"
#include "local/runtime.h"
#include "local/testing.h"

namespace wf::local {
namespace {

using namespace testing;
using json::Value;
using State = engine::ContainerSeen::State;

class Oci : public ::testing::Test {
 protected:
  void SetUp() override {
    if (test_images().folder.empty()) GTEST_SKIP() << test_images().reason;
    machine = std::make_unique<Machine>(Driver::Oci);
  }
  void lookup(std::function<Value(std::string_view kind, std::string_view name)> find) {
    machine->close();
    machine->options.lookup = [find](std::string_view kind, std::string_view,
                                     std::string_view name) { return find(kind, name); };
    machine->open();
  }
  static void add_volume(engine::PodRequest& pod, const char* name, const char* kind,
                         Value source) {
    pod.pod.at("spec").at("volumes").push_back(
        Value::object({{"name", name}, {kind, std::move(source)}}));
  }
  static void mount(Value& container, const char* name, const char* path,
                    std::initializer_list<std::pair<std::string_view, Value>> more = {}) {
    Value item = Value::object({{"name", name}, {"mountPath", path}});
    for (const auto& [key, value] : more) item.set(key, value);
    container.at("volumeMounts").push_back(item);
  }
  std::unique_ptr<Machine> machine;
};

TEST_F(Oci, EveryRunHasAFreshRoot) {
  EXPECT_EQ(machine->run(shell_pod("a", "test ! -e /left && touch /left /bin/extra")).phase,
            "Succeeded");
  EXPECT_EQ(machine->run(shell_pod("b", "test ! -e /left && test ! -e /bin/extra")).phase,
            "Succeeded");
  machine->wait_until_tidy("a");
  EXPECT_FALSE(io::exists(machine->pod_dir("a") + "/containers"));
}

TEST_F(Oci, IsInNamespacesOfItsOwn) {
  machine->run(shell_pod(
      "p", "hostname; cat /proc/1/comm /etc/hostname; ls /proc | grep -c '^[0-9]' | tr 1-9 n"));
  EXPECT_EQ(machine->log("p"), "p\nargoexec\np\nn\n");
}

TEST_F(Oci, TakesEntrypointAndEnvironmentFromTheImage) {
  auto pod = shell_pod("p", "");
  Value main =
      wrapped("main", {std::string("/var/run/argo/image-command")}, {"-c", "echo $0 $PATH"});
  main_container(pod) = main;
  // This image has only a CMD: with args given there is nothing to run them with but themselves.
  EXPECT_EQ(of(machine->run(pod), "main").exit_code, 64);
}

TEST_F(Oci, RunsAsTheUserThatIsAskedFor) {
  auto pod = shell_pod("p", "id -u; id -g; id -G; touch /tmp/mine && echo $HOME");
  main_container(pod).set("securityContext", Value::object({{"runAsUser", 1000}}));
  pod.pod.at("spec").set("securityContext", Value::object({{"fsGroup", 4000}}));
  machine->run(pod);
  EXPECT_EQ(machine->log("p"), "1000\n1000\n1000 2000 4000\n/home\n");
}

TEST_F(Oci, RefusesRootWhereItMayNotBe) {
  auto pod = shell_pod("p", "true");
  main_container(pod).set("securityContext", Value::object({{"runAsNonRoot", true}}));
  const auto seen = machine->run(pod);
  EXPECT_EQ(of(seen, "main").message, "container has runAsNonRoot and image will run as root");
}

TEST_F(Oci, MountsVolumesOfEveryKind) {
  lookup([](std::string_view kind, std::string_view) {
    return kind == "Secret" ? Value::object({{"data", Value::object({{"s", "czNjcjN0"}})}})
                            : Value::object({{"data", Value::object({{"a", "1"}, {"b", "2"}})}});
  });
  auto pod = shell_pod(
      "p",
      "cat /cm/a /cm/b /one /sec/s /down/labels /proj/x; stat -c %a /sec/s; echo w > /claim/f; "
      "echo h > /host/h; echo e > /scratch/e; echo m > /dev/shm/m; cat /deep/e");
  Value& main = main_container(pod);
  add_volume(pod, "cm", "configMap", Value::object({{"name", "m"}}));
  add_volume(pod, "sec", "secret", Value::object({{"secretName", "s"}, {"defaultMode", 256}}));
  add_volume(
      pod, "down", "downwardAPI",
      Value::object(
          {{"items", Value::array({Value::object(
                         {{"path", "labels"},
                          {"fieldRef", Value::object({{"fieldPath", "metadata.labels"}})}})})}}));
  add_volume(pod, "proj", "projected",
             Value::object(
                 {{"sources",
                   Value::array({Value::object(
                       {{"configMap",
                         Value::object({{"name", "m"},
                                        {"items", Value::array({Value::object(
                                                      {{"key", "b"}, {"path", "x"}})})}})}})})}}));
  add_volume(pod, "claim", "persistentVolumeClaim", Value::object({{"claimName", "data"}}));
  add_volume(pod, "host", "hostPath",
             Value::object({{"path", machine->home() + "/shared"}, {"type", "DirectoryOrCreate"}}));
  add_volume(pod, "scratch", "emptyDir", Value::object());
  add_volume(pod, "memory", "emptyDir", Value::object({{"medium", "Memory"}}));
  for (const auto& [name, path] :
       {std::pair("cm", "/cm"), std::pair("sec", "/sec"), std::pair("down", "/down"),
        std::pair("proj", "/proj"), std::pair("claim", "/claim"), std::pair("host", "/host"),
        std::pair("scratch", "/scratch"), std::pair("memory", "/dev/shm"),
        std::pair("scratch", "/deep")}) {
    mount(main, name, path);
  }
  mount(main, "cm", "/one", {{"subPath", "a"}});
  EXPECT_EQ(machine->run(pod).phase, "Succeeded");
  EXPECT_EQ(machine->log("p"), "121s3cr3tapp=\"demo\"2400\ne\n");
  EXPECT_EQ(io::read_file(machine->home() + "/volumes/ns/data/f").value(), "w\n");
  EXPECT_EQ(io::read_file(machine->home() + "/shared/h").value(), "h\n");
  machine->wait_until_tidy("p");
  EXPECT_FALSE(io::exists(machine->pod_dir("p") + "/volumes"));
}

TEST_F(Oci, KeepsWhatIsReadOnly) {
  auto pod = shell_pod("p",
                       "touch /data/x 2>/dev/null || echo ro; touch /x 2>/dev/null || echo root; "
                       "touch /scratch/x && echo rw");
  add_volume(pod, "claim", "persistentVolumeClaim", Value::object({{"claimName", "data"}}));
  add_volume(pod, "scratch", "emptyDir", Value::object());
  Value& main = main_container(pod);
  mount(main, "claim", "/data", {{"readOnly", true}});
  mount(main, "scratch", "/scratch");
  main.set("securityContext", Value::object({{"readOnlyRootFilesystem", true}}));
  machine->run(pod);
  EXPECT_EQ(machine->log("p"), "ro\nroot\nrw\n");
}

TEST_F(Oci, AMountIntoALinkStaysInTheRoot) {
  auto pod = shell_pod("p", "cat /out/etc/marker && ls -l /out");
  add_volume(pod, "scratch", "emptyDir", Value::object());
  Value init = wrapped("prep", {}, {});
  init.set("command", Value::array({"sh", "-c", "ln -s / /scratch/up; echo in > /scratch/marker"}));
  init.erase("args");
  mount(init, "scratch", "/scratch");
  pod.pod.at("spec").at("initContainers").push_back(init);
  mount(main_container(pod), "scratch", "/out/etc");
  mount(main_container(pod), "scratch", "/deep", {{"subPath", "up/../../../etc"}});
  const auto seen = machine->run(pod);
  EXPECT_EQ(seen.phase, "Succeeded") << of(seen, "main").message;
}

TEST_F(Oci, ReadsOutputsWhereverTheyLie) {
  auto pod = shell_pod("p",
                       "echo base > /tmp/a; mkdir -p /v/d; echo vol > /v/d/b; ln -s /v/d/b /tmp/c; "
                       "ln -s ../../../../../../etc/hostname /tmp/e");
  add_volume(pod, "v", "emptyDir", Value::object());
  mount(main_container(pod), "v", "/v");
  Value parameters = Value::array();
  for (const char* path : {"/tmp/a", "/v/d/b", "/tmp/c", "/tmp/e"}) {
    parameters.push_back(
        Value::object({{"name", path}, {"valueFrom", Value::object({{"path", path}})}}));
  }
  pod.tmpl.set("outputs", Value::object({{"parameters", parameters}}));
  EXPECT_EQ(machine->run(pod).phase, "Succeeded");
  const Value out = machine->backend().result("ns", "p").outputs["parameters"];
  EXPECT_EQ(out[size_t{0}]["value"].as_string(), "base");
  EXPECT_EQ(out[1]["value"].as_string(), "vol");
  EXPECT_EQ(out[2]["value"].as_string(), "vol");
  EXPECT_EQ(out[3]["value"].as_string(), "p");  // the container's, not the machine's
}

// Two daemons on the same port; another pod and the machine reach each by its address.
TEST_F(Oci, OnlyPodsInWhichSomethingListensLeaveTheMachinesNetwork) {
  const std::string look = "readlink /proc/self/ns/net";
  machine->run(shell_pod("plain", look));
  auto daemon = shell_pod("daemon", look);
  daemon.tmpl.set("daemon", true);
  machine->run(daemon);
  char machines[64];
  const ssize_t length = ::readlink("/proc/self/ns/net", machines, sizeof machines);
  const std::string here = std::string(machines, static_cast<size_t>(length)) + "\n";
  EXPECT_EQ(machine->log("plain"), here);
  EXPECT_NE(machine->log("daemon"), here);
}

TEST_F(Oci, ABridgeGivesEveryPodItsOwnAddress) {
  machine->close();
  machine->options.network = "bridge";
  machine->open();
  std::vector<std::string> addresses;
  for (const char* name : {"one", "two"}) {
    auto pod = shell_pod(
        name, cat("mkdir /w; echo ", name, " > /w/index.html; exec httpd -f -p 8080 -h /w"));
    main_container(pod).set(
        "readinessProbe",
        Value::object({{"httpGet", Value::object({{"port", 8080}})}, {"periodSeconds", 1}}));
    machine->create(pod);
    const auto ready = machine->wait_until(
        name, [](const auto& s) { return !s.containers.empty() && of(s, "main").ready; });
    addresses.push_back(ready.pod_ip);
  }
  EXPECT_NE(addresses[0], addresses[1]);
  EXPECT_EQ(machine
                ->run(shell_pod("ask", cat("for a in ", addresses[0], " ", addresses[1],
                                           "; do wget -qO- http://$a:8080/index.html; done")))
                .phase,
            "Succeeded");
  EXPECT_EQ(machine->log("ask"), "one\ntwo\n");
  for (const char* name : {"one", "two"}) machine->backend().remove("ns", name);
}

TEST_F(Oci, SaysOOMKilled) {
  auto pod = shell_pod("p", "exec tail /dev/zero");
  main_container(pod).set(
      "resources",
      Value::object({{"limits", Value::object({{"memory", "16Mi"}, {"cpu", "500m"}})}}));
  const auto seen = machine->run(pod);
  EXPECT_EQ(of(seen, "main").exit_code, 137);
  EXPECT_EQ(of(seen, "main").reason, "OOMKilled");
}

TEST_F(Oci, PassesTheTerminationMessageOn) {
  const auto seen = machine->run(shell_pod("p", "echo because > /dev/termination-log; exit 1"));
  EXPECT_EQ(of(seen, "main").message, "because\n");
}

TEST_F(Oci, NeverPullsWhereItMayNot) {
  auto pod = shell_pod("p", "true");
  main_container(pod).set("image", "no/such:1");
  main_container(pod).set("imagePullPolicy", "Never");
  machine->create(pod);
  const auto seen = machine->wait_until("p", [](const auto& s) {
    return !s.containers.empty() && of(s, "main").reason == "ErrImageNeverPull";
  });
  EXPECT_EQ(seen.phase, "Pending");
  machine->backend().terminate("ns", "p", std::chrono::seconds(1));
  EXPECT_EQ(machine->finished("p").phase, "Failed");
}

TEST_F(Oci, TellsWhyAnImageCannotBePulled) {
  auto pod = shell_pod("p", "true");
  main_container(pod).set("image", "127.0.0.1:9/no/such:1");
  machine->create(pod);
  const auto seen = machine->wait_until(
      "p", [](const auto& s) { return of(s, "main").reason == "ErrImagePull"; });
  EXPECT_NE(of(seen, "main").message.find("connection refused"), std::string::npos)
      << of(seen, "main").message;
  machine->wait_until("p",
                      [](const auto& s) { return of(s, "main").reason == "ImagePullBackOff"; });
  machine->backend().remove("ns", "p");
}

// The default repository: what one step saves the next one gets.
TEST_F(Oci, PassesArtifacts) {
  const Value location = Value::object(
      {{"s3",
        Value::object({{"bucket", "artifacts"}, {"endpoint", "embedded"}, {"key", "wf/gen"}})},
       {"archiveLogs", true}});
  auto gen = shell_pod("gen",
                       "mkdir -p /tmp/d/sub; echo one > /tmp/d/one; echo two > /tmp/d/sub/two; "
                       "chmod 750 /tmp/d/one; echo log line");
  const auto artifact = [](const char* name, const char* path, Value archive) {
    Value out = Value::object({{"name", name}, {"path", path}});
    if (!archive.is_null()) out.set("archive", archive);
    return out;
  };
  const Value none = Value::object({{"none", Value::object()}}),
              zip = Value::object({{"zip", Value::object()}});
  gen.tmpl.set("archiveLocation", location);
  gen.tmpl.set(
      "outputs",
      Value::object(
          {{"artifacts",
            Value::array(
                {artifact("tar", "/tmp/d", {}), artifact("zip", "/tmp/d", zip),
                 artifact("dir", "/tmp/d", none), artifact("file", "/tmp/d/one", none),
                 Value::object({{"name", "opt"}, {"path", "/no/such"}, {"optional", true}})})}}));
  const auto made = machine->run(gen);
  ASSERT_EQ(made.phase, "Succeeded") << of(made, "wait").message;
  const Value saved = machine->backend().result("ns", "gen").outputs["artifacts"];
  ASSERT_EQ(saved.size(), 5u);
  EXPECT_EQ(saved[size_t{0}]["s3"]["key"].as_string(), "wf/gen/tar.tgz");
  EXPECT_EQ(saved[4]["name"].as_string(), "main-logs");
  EXPECT_EQ(saved[4]["s3"]["key"].as_string(), "wf/gen/main.log");

  auto use = shell_pod("use",
                       "for d in tar zip dir; do cat /in/$d/one /in/$d/sub/two; done; cat /in/file "
                       "/in/logs /in/raw; stat -c %a /in/tar/one /in/raw");
  Value inputs = Value::array();
  Value& main = main_container(use);
  for (size_t i = 0; i < saved.size(); ++i) {
    Value in = saved[i];
    if (i == 4) in.set("name", "logs");
    in.set("path", cat("/in/", in["name"].as_string()));
    inputs.push_back(in);
  }
  inputs.push_back(Value::object({{"name", "raw"},
                                  {"path", "/in/raw"},
                                  {"mode", 493},
                                  {"raw", Value::object({{"data", "raw text\n"}})}}));
  inputs.push_back(Value::object({{"name", "absent"}, {"path", "/in/absent"}, {"optional", true}}));
  for (const Value& in : inputs.items()) {
    if (in["optional"].as_bool()) continue;
    mount(main, "input-artifacts", std::string(in["path"].as_string()).c_str(),
          {{"subPath", in["name"]}});
  }
  use.tmpl.set("archiveLocation", location);
  use.tmpl.set("inputs", Value::object({{"artifacts", inputs}}));
  const auto used = machine->run(use);
  EXPECT_EQ(used.phase, "Succeeded") << of(used, "init").message;
  EXPECT_EQ(machine->log("use"),
            "one\ntwo\none\ntwo\none\ntwo\none\nlog line\nraw text\n750\n755\n");
}

TEST_F(Oci, NamesTheArtifactThatIsMissing) {
  auto pod = shell_pod("p", "true");
  pod.tmpl.set(
      "outputs",
      Value::object(
          {{"artifacts", Value::array({Value::object({{"name", "a"}, {"path", "/no/such"}})})}}));
  pod.tmpl.set(
      "archiveLocation",
      Value::object(
          {{"s3", Value::object({{"bucket", "b"}, {"endpoint", "embedded"}, {"key", "k"}})}}));
  const auto seen = machine->run(pod);
  EXPECT_EQ(of(seen, "wait").message,
            "open /var/run/argo/outputs/artifacts/no/such.tgz: no such file or directory; ");
  auto next = shell_pod("q", "true");
  next.tmpl.set("inputs",
                Value::object({{"artifacts",
                                Value::array({Value::object({{"name", "a"}, {"path", "/in"}})})}}));
  const auto failed = machine->run(next);
  EXPECT_EQ(of(failed, "init").exit_code, 64);
  EXPECT_EQ(of(failed, "init").message, "required artifact 'a' not supplied");
}

// A registry of this test's own, on loopback.
class Registry {
 public:
  explicit Registry(const std::string& folder) {
    const std::string config = folder + "/registry.yml";
    port_ = 20000 + ::getpid() % 20000;
    (void)io::write_file(
        config, cat("version: 0.1\nstorage: {filesystem: {rootdirectory: ", folder,
                    "/registry}}\nhttp: {addr: '127.0.0.1:", port_, "'}\nlog: {level: error}\n"));
    io::Command command;
    command.argv = {"docker-registry", "serve", config};
    command.new_group = true;
    const io::Fd quiet(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    command.stdout_fd = command.stderr_fd = quiet.get();
    auto started = io::spawn(command);
    if (started) process_ = std::make_unique<io::Process>(std::move(*started));
  }
  ~Registry() {
    if (!process_) return;
    (void)process_->signal(SIGKILL);
    (void)process_->wait();
  }
  bool running() const { return process_ != nullptr; }
  std::string image(const char* name) const { return cat("127.0.0.1:", port_, "/", name); }

 private:
  int port_ = 0;
  std::unique_ptr<io::Process> process_;
};

TEST_F(Oci, PullsFromARegistryAndRunsWithoutItLater) {
  if (find_on_path("docker-registry").empty()) GTEST_SKIP() << "docker-registry is not installed";
  const auto folder = io::TempDirectory::create("registry");
  auto registry = std::make_unique<Registry>(folder->path());
  ASSERT_TRUE(registry->running());
  io::Command build;
  build.argv = {"tests/images/build.sh", folder->path(), "busybox"};
  ASSERT_EQ(io::run(build)->status.code, 0);
  const std::string image = registry->image("team/box:1");
  io::Command push;
  push.argv = {"skopeo",
               "copy",
               "--retry-times",
               "5",
               "--dest-tls-verify=false",
               cat("oci-archive:", folder->path(), "/busybox.tar:busybox:latest"),
               "docker://" + image};
  const auto pushed = io::run(push);
  ASSERT_EQ(pushed->status.code, 0) << pushed->err;
  auto pod = shell_pod("p", "echo pulled");
  main_container(pod).set("image", image);
  EXPECT_EQ(machine->run(pod).phase, "Succeeded");
  EXPECT_EQ(machine->log("p"), "pulled\n");
  registry.reset();
  pod.name = "again";
  EXPECT_EQ(machine->run(pod).phase, "Succeeded");
  pod.name = "always";
  pod.tmpl.at("container").set("imagePullPolicy", "Always");  // written down, not a default
  main_container(pod).set("imagePullPolicy", "Always");
  machine->create(pod);
  machine->wait_until("always",
                      [](const auto& s) { return of(s, "main").reason == "ErrImagePull"; });
  machine->backend().remove("ns", "always");
}

TEST(ImageReference, IsNormalised) {
  EXPECT_EQ(*normalised_reference("busybox"), "docker.io/library/busybox:latest");
  EXPECT_EQ(*normalised_reference("docker/whalesay:latest"), "docker.io/docker/whalesay:latest");
  EXPECT_EQ(*normalised_reference("quay.io/a/b"), "quay.io/a/b:latest");
  EXPECT_EQ(*normalised_reference("localhost:5000/x"), "localhost:5000/x:latest");
  EXPECT_EQ(*normalised_reference("a:1@sha256:00"), "docker.io/library/a@sha256:00");
  EXPECT_FALSE(normalised_reference("Upper").ok());
  EXPECT_FALSE(normalised_reference("a b").ok());
  EXPECT_FALSE(normalised_reference("").ok());
}

TEST(PullPolicy, IsKubernetesButForLoadedImages) {
  EXPECT_EQ(pull_policy("", "docker.io/library/a:latest", std::nullopt), "Always");
  EXPECT_EQ(pull_policy("", "docker.io/library/a:1", std::nullopt), "IfNotPresent");
  EXPECT_EQ(pull_policy("Never", "docker.io/library/a:1", std::nullopt), "Never");
  ImageRecord loaded;
  loaded.source = "file";
  EXPECT_EQ(pull_policy("", "docker.io/library/a:latest", loaded), "IfNotPresent");
  EXPECT_EQ(pull_policy("Always", "docker.io/library/a:latest", loaded), "Always");
}

}  // namespace
}  // namespace wf::local
