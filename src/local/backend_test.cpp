// SPDX-License-Identifier: Apache-2.0
// The contract of engine::Backend, over both drivers of this machine.
#include "local/backend.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "base/text.h"
#include "io/file.h"
#include "local/testing.h"

namespace wf::local {
namespace {

using namespace testing;
using json::Value;
using State = engine::ContainerSeen::State;

class BackendContract : public ::testing::TestWithParam<Driver> {
 protected:
  void SetUp() override {
    if (oci() && test_images().folder.empty()) GTEST_SKIP() << test_images().reason;
    machine = std::make_unique<Machine>(GetParam());
  }
  void TearDown() override { machine.reset(); }
  bool oci() const { return GetParam() == Driver::Oci; }
  std::unique_ptr<Machine> machine;
};

// POD-10e: main and wait ended well.
TEST_P(BackendContract, SucceedsAndKeepsTheLog) {
  const auto seen = machine->run(shell_pod("p", "echo out; echo err >&2; echo more"));
  EXPECT_EQ(seen.phase, "Succeeded");
  EXPECT_EQ(of(seen, "main").state, State::Terminated);
  EXPECT_EQ(of(seen, "main").reason, "Completed");
  EXPECT_EQ(of(seen, "wait").exit_code, 0);
  EXPECT_EQ(of(seen, "init").exit_code, 0);
  const std::string log = machine->log("p");
  EXPECT_NE(log.find("out\n"), std::string::npos);
  EXPECT_NE(log.find("err\n"), std::string::npos);
  EXPECT_TRUE(machine->backend().result("ns", "p").complete);
}

TEST_P(BackendContract, TellsTheExitCode) {
  const auto seen = machine->run(shell_pod("p", "exit 7"));
  EXPECT_EQ(seen.phase, "Failed");
  EXPECT_EQ(of(seen, "main").exit_code, 7);
  EXPECT_EQ(of(seen, "main").reason, "Error");
}

TEST_P(BackendContract, SaysWhichProgramIsMissing) {
  auto pod = shell_pod("p", "");
  main_container(pod) = wrapped("main", {"no-such-program"});
  const auto seen = machine->run(pod);
  EXPECT_EQ(of(seen, "main").exit_code, 64);
  EXPECT_EQ(
      of(seen, "main").message,
      "failed to find name in PATH: exec: \"no-such-program\": executable file not found in $PATH");
}

TEST_P(BackendContract, GivesTheEnvironment) {
  machine->close();
  machine->options.lookup = [](std::string_view kind, std::string_view, std::string_view name) {
    if (kind == "ConfigMap" && name == "settings") {
      return Value::object({{"data", Value::object({{"A", "from-map"}, {"B", "b"}})}});
    }
    if (kind == "Secret" && name == "password") {
      return Value::object({{"data", Value::object({{"p", "c2VjcmV0"}})}});
    }
    return Value();
  };
  machine->open();
  auto pod = shell_pod("p", "echo \"$A|$B|$C|$D|$E|$F\"");
  Value& main = main_container(pod);
  main.at("envFrom").push_back(
      Value::object({{"configMapRef", Value::object({{"name", "settings"}})}}));
  set_env(main, "C", "c-$(B)");
  set_env(main, "D",
          Value::object({{"secretKeyRef", Value::object({{"name", "password"}, {"key", "p"}})}}));
  set_env(main, "E",
          Value::object({{"fieldRef", Value::object({{"fieldPath", "metadata.labels['app']"}})}}));
  set_env(main, "F",
          Value::object({{"configMapKeyRef",
                          Value::object({{"name", "none"}, {"key", "k"}, {"optional", true}})}}));
  machine->run(pod);
  EXPECT_EQ(machine->log("p"), "from-map|b|c-b|secret|demo|\n");
}

// Kubernetes leaves such a pod waiting until the object appears.
TEST_P(BackendContract, WaitsForAMissingConfigMap) {
  machine->close();
  bool there = false;
  machine->options.lookup = [&](std::string_view, std::string_view, std::string_view) {
    return there ? Value::object({{"data", Value::object({{"k", "v"}})}}) : Value();
  };
  machine->open();
  auto pod = shell_pod("p", "echo $K");
  set_env(main_container(pod), "K",
          Value::object({{"configMapKeyRef", Value::object({{"name", "late"}, {"key", "k"}})}}));
  machine->create(pod);
  const auto seen = machine->backend().seen("ns", "p");
  EXPECT_EQ(seen->phase, "Pending");
  EXPECT_EQ(of(*seen, "main").reason, "CreateContainerConfigError");
  EXPECT_EQ(of(*seen, "main").message, "configmap \"late\" not found");
  there = true;
  EXPECT_EQ(machine->finished("p").phase, "Succeeded");
  EXPECT_EQ(machine->log("p"), "v\n");
}

TEST_P(BackendContract, UsesTheWorkingDirectory) {
  auto pod = shell_pod("p", "pwd");
  main_container(pod).set("workingDir", "/tmp");
  machine->run(pod);
  EXPECT_EQ(machine->log("p"), "/tmp\n");
}

std::string output_path(const std::unique_ptr<Machine>& machine, bool oci, const char* name) {
  return oci ? cat("/tmp/", name) : cat(machine->home(), "/", name);
}

TEST_P(BackendContract, CollectsOutputParameters) {
  const std::string path = output_path(machine, oci(), "x");
  auto pod = shell_pod("p", cat("printf 'value\\n\\n' > ", path));
  Value parameters = Value::array({
      Value::object({{"name", "x"}, {"valueFrom", Value::object({{"path", path}})}}),
      Value::object(
          {{"name", "y"}, {"valueFrom", Value::object({{"path", "/no/such"}, {"default", "d"}})}}),
  });
  pod.tmpl.set("outputs", Value::object({{"parameters", parameters}}));
  EXPECT_EQ(machine->run(pod).phase, "Succeeded");
  const Value outputs = machine->backend().result("ns", "p").outputs;
  EXPECT_EQ(outputs["parameters"][size_t{0}]["value"].as_string(), "value\n");
  EXPECT_EQ(outputs["parameters"][1]["value"].as_string(), "d");
}

TEST_P(BackendContract, FailsInWaitWhenAnOutputParameterIsMissing) {
  auto pod = shell_pod("p", "true");
  pod.tmpl.set(
      "outputs",
      Value::object(
          {{"parameters",
            Value::array({Value::object(
                {{"name", "x"}, {"valueFrom", Value::object({{"path", "/no/such"}})}})})}}));
  const auto seen = machine->run(pod);
  EXPECT_EQ(seen.phase, "Failed");
  EXPECT_EQ(of(seen, "main").exit_code, 0);
  EXPECT_EQ(of(seen, "wait").exit_code, 64);
  EXPECT_EQ(of(seen, "wait").message,
            "open /var/run/argo/outputs/parameters/no/such: no such file or directory");
}

TEST_P(BackendContract, CapturesAScriptsResult) {
  auto pod = shell_pod("p", "");
  Value main = wrapped("main", {"sh"}, {"/argo/staging/script"});
  main.at("volumeMounts")
      .push_back(Value::object({{"name", "argo-staging"}, {"mountPath", "/argo/staging"}}));
  set_env(main, "ARGO_INCLUDE_SCRIPT_OUTPUT", "true");
  main_container(pod) = main;
  pod.tmpl.set("script", Value::object({{"source", "echo one; echo noise >&2; echo two\n"}}));
  EXPECT_EQ(machine->run(pod).phase, "Succeeded");
  EXPECT_EQ(machine->backend().result("ns", "p").outputs["result"].as_string(), "one\ntwo");
}

TEST_P(BackendContract, KeepsTheLast256KiBOfAResult) {
  auto pod =
      shell_pod("p",
                "i=0; while [ $i -lt 6000 ]; do echo "
                "12345678901234567890123456789012345678901234567890; i=$((i+1)); done; echo end");
  set_env(main_container(pod), "ARGO_INCLUDE_SCRIPT_OUTPUT", "true");
  machine->run(pod);
  const Value result = machine->backend().result("ns", "p").outputs["result"];
  EXPECT_EQ(result.as_string().size(), 256u * 1024);
  EXPECT_TRUE(result.as_string().ends_with("\nend"));
}

TEST_P(BackendContract, StopsSidecarsAfterMain) {
  auto pod = shell_pod("p", "echo done");
  pod.pod.at("spec")
      .at("containers")
      .push_back(wrapped("side", {"sh", "-c"}, {"echo up; sleep 1000"}));
  const auto seen = machine->run(pod);
  EXPECT_EQ(of(seen, "main").exit_code, 0);
  EXPECT_EQ(of(seen, "side").exit_code, 143);
}

TEST_P(BackendContract, KillsASidecarThatDoesNotListen) {
  auto pod = shell_pod("p", "while [ ! -e /proc/self ]; do :; done; sleep 0.2");
  pod.pod.at("spec").set("terminationGracePeriodSeconds", 1);
  pod.pod.at("spec")
      .at("containers")
      .push_back(wrapped("side", {"sh", "-c"}, {"trap '' TERM; while true; do sleep 1; done"}));
  EXPECT_EQ(of(machine->run(pod), "side").exit_code, 137);
}

TEST_P(BackendContract, RunsInitContainersInOrder) {
  const std::string path = output_path(machine, oci(), "order");
  auto pod = shell_pod("p", oci() ? "true" : cat("cat ", path));
  for (const char* name : {"first", "second"}) {
    Value init = wrapped(name, {"sh", "-c"},
                         {oci() ? cat("echo ", name) : cat("echo ", name, " >> ", path)});
    init.set("command", Value::array({"sh", "-c"}));
    pod.pod.at("spec").at("initContainers").push_back(init);
  }
  const auto seen = machine->run(pod);
  EXPECT_EQ(seen.phase, "Succeeded");
  EXPECT_LE(of(seen, "first").finished_at, of(seen, "second").started_at);
  if (!oci()) {
    EXPECT_EQ(machine->log("p"), "first\nsecond\n");
  }
}

TEST_P(BackendContract, AFailedInitContainerKeepsMainFromStarting) {
  auto pod = shell_pod("p", "echo never");
  Value init = wrapped("prep", {"sh", "-c"}, {"exit 3"});
  init.set("command", Value::array({"sh", "-c"}));
  pod.pod.at("spec").at("initContainers").push_back(init);
  const auto seen = machine->run(pod);
  EXPECT_EQ(seen.phase, "Failed");
  EXPECT_EQ(of(seen, "prep").exit_code, 3);
  EXPECT_EQ(of(seen, "main").state, State::Waiting);
}

// CTR: containers of a set wait for those they depend on.
TEST_P(BackendContract, RunsAContainerSetByItsDependencies) {
  auto pod = shell_pod("p", "exit 0");
  Value& containers = pod.pod.at("spec").at("containers");
  containers.push_back(wrapped("a", {"sh", "-c"}, {"exit 5"}));
  containers.push_back(wrapped("b", {"sh", "-c"}, {"echo never"}));
  pod.tmpl = Value::object(
      {{"name", "t"},
       {"containerSet",
        Value::object(
            {{"containers",
              Value::array(
                  {Value::object({{"name", "main"}}),
                   Value::object({{"name", "a"}, {"dependencies", Value::array({"main"})}}),
                   Value::object({{"name", "b"}, {"dependencies", Value::array({"a"})}})})}})}});
  const auto seen = machine->run(pod);
  EXPECT_LE(of(seen, "main").finished_at, of(seen, "a").finished_at);
  EXPECT_EQ(of(seen, "a").exit_code, 5);
  EXPECT_EQ(of(seen, "b").exit_code, 64);
  EXPECT_EQ(of(seen, "b").message, "dependency \"a\" exited with non-zero code: 5");
}

TEST_P(BackendContract, TerminatesWithGrace) {
  machine->create(shell_pod("p", "echo started; exec sleep 1000"));
  machine->wait_until("p", [](const auto& seen) { return seen.phase == "Running"; });
  std::string first;
  LogQuery follow;
  follow.follow = true;
  ASSERT_TRUE(machine->backend()
                  .read_log("ns", "p", "main", follow,
                            [&](const LogLine& line) {
                              first = std::string(line.text);
                              return false;
                            })
                  .ok());
  EXPECT_EQ(first, "started");
  machine->backend().terminate("ns", "p", std::chrono::seconds(30));
  const auto seen = machine->finished("p");
  EXPECT_EQ(of(seen, "main").exit_code, 143);
  EXPECT_EQ(of(seen, "wait").exit_code, 0);
}

TEST_P(BackendContract, FollowsALogToItsEnd) {
  machine->create(shell_pod("p", "for i in 1 2 3; do echo line $i; sleep 0.05; done"));
  std::string text;
  LogQuery follow;
  follow.follow = true;
  ASSERT_TRUE(machine->backend()
                  .read_log("ns", "p", "main", follow,
                            [&](const LogLine& line) {
                              text += cat(line.text, "\n");
                              return true;
                            })
                  .ok());
  EXPECT_EQ(text, "line 1\nline 2\nline 3\n");
}

TEST_P(BackendContract, EndsAPodAtItsDeadline) {
  auto pod = shell_pod("p", "exec sleep 1000");
  pod.pod.at("spec").set("activeDeadlineSeconds", 1);
  const auto seen = machine->run(pod);
  EXPECT_EQ(seen.phase, "Failed");
  EXPECT_EQ(seen.reason, "DeadlineExceeded");
  EXPECT_EQ(seen.message, "Pod was active on the node longer than the specified deadline");
}

bool is_alive(pid_t pid) {
  const auto stat = io::read_file(cat("/proc/", pid, "/stat"));
  return stat.ok() && stat->find(") Z ") == std::string::npos;
}

TEST_P(BackendContract, AKilledSupervisorIsSeenAndItsContainersEnd) {
  machine->create(shell_pod("p", "sleep 1000 & echo started; wait"));
  machine->wait_until("p", [](const auto& seen) { return seen.phase == "Running"; });
  LogQuery follow;
  follow.follow = true;
  ASSERT_TRUE(machine->backend()
                  .read_log("ns", "p", "main", follow, [](const LogLine&) { return false; })
                  .ok());
  ASSERT_EQ(::kill(machine->supervisor_pid("p"), SIGKILL), 0);
  const auto seen = machine->finished("p");
  EXPECT_EQ(seen.phase, "Failed");
  EXPECT_EQ(seen.reason, "SupervisorLost");
  EXPECT_EQ(of(seen, "wait").message, "supervisor lost");
  machine->wait_until_tidy("p");
  EXPECT_FALSE(io::exists(machine->pod_dir("p") + "/work"));
  machine->create(shell_pod("p", "echo again"));  // EXE-19: never started a second time
  EXPECT_EQ(machine->finished("p").reason, "SupervisorLost");
}

TEST_P(BackendContract, ANewBackendFindsWhatRunsAndWhatFinished) {
  machine->create(shell_pod("done", "exit 4"));
  machine->create(shell_pod("runs", "echo started; read line < /dev/zero; exec sleep 1000"));
  machine->create(shell_pod("later", "sleep 0.3; echo late"));
  machine->finished("done");
  machine->wait_until("runs", [](const auto& seen) { return seen.phase == "Running"; });
  const pid_t supervisor = machine->supervisor_pid("runs");
  machine->close();
  EXPECT_TRUE(is_alive(supervisor));
  machine->open();
  EXPECT_EQ(machine->backend().list("ns", "wf").size(), 3u);
  EXPECT_EQ(machine->backend().list("", "").size(), 3u);
  EXPECT_TRUE(machine->backend().list("other", "").empty());
  EXPECT_TRUE(machine->backend().list("ns", "other").empty());
  EXPECT_EQ(of(machine->finished("done"), "main").exit_code, 4);
  EXPECT_EQ(machine->backend().seen("ns", "runs")->phase, "Running");
  EXPECT_EQ(machine->finished("later").phase, "Succeeded");
  machine->backend().remove("ns", "runs");
  EXPECT_FALSE(is_alive(supervisor));
  EXPECT_FALSE(machine->backend().seen("ns", "runs").ok());
}

TEST_P(BackendContract, ASupervisorKilledWhileNoBackendLookedIsLost) {
  machine->create(shell_pod("p", "exec sleep 1000"));
  machine->wait_until("p", [](const auto& seen) { return seen.phase == "Running"; });
  const pid_t supervisor = machine->supervisor_pid("p");
  machine->close();
  ASSERT_EQ(::kill(supervisor, SIGKILL), 0);
  while (is_alive(supervisor)) std::this_thread::yield();
  machine->open();
  EXPECT_EQ(machine->finished("p").reason, "SupervisorLost");
}

// A crash between the request and the supervisor's start: nothing ran, so it is started.
TEST_P(BackendContract, StartsWhatWasAskedForAndNeverClaimed) {
  machine->create(shell_pod("p", "echo once"));
  machine->finished("p");
  machine->wait_until_tidy("p");
  machine->close();
  for (const char* file : {"/claim", "/result.json", "/status.json"})
    (void)io::remove_tree(machine->pod_dir("p") + file);
  (void)io::remove_tree(machine->home() + "/logs");
  machine->open();
  EXPECT_EQ(machine->finished("p").phase, "Succeeded");
  EXPECT_EQ(machine->log("p"), "once\n");
}

TEST_P(BackendContract, RemovesAllButTheLog) {
  machine->run(shell_pod("p", "echo kept"));
  machine->backend().remove("ns", "p");
  EXPECT_FALSE(io::exists(machine->pod_dir("p")));
  EXPECT_EQ(machine->log("p"), "kept\n");
  machine->backend().remove_logs("ns", "p");
  EXPECT_FALSE(io::exists(machine->home() + "/logs/ns/p"));
}

TEST_P(BackendContract, ReportsProgress) {
  const bool in_container = oci();
  auto pod = shell_pod("p", "echo 1/4 > $ARGO_PROGRESS_FILE; exec sleep 1000");
  (void)in_container;
  set_env(main_container(pod), "ARGO_PROGRESS_FILE", "/var/run/argo/progress");
  machine->create(pod);
  machine->wait_until(
      "p", [&](const auto&) { return machine->backend().result("ns", "p").progress == "1/4"; });
  machine->backend().terminate("ns", "p", std::chrono::seconds(5));
  machine->finished("p");
}

TEST_P(BackendContract, IsReadyWhenTheProbeSaysSo) {
  const std::string flag = output_path(machine, oci(), "flag");
  auto pod = shell_pod("p", cat("sleep 0.2; touch ", flag, "; exec sleep 1000"));
  main_container(pod).set(
      "readinessProbe",
      Value::object({{"exec", Value::object({{"command", Value::array({"test", "-e", flag})}})},
                     {"periodSeconds", 1}}));
  machine->create(pod);
  const auto running =
      machine->wait_until("p", [](const auto& seen) { return seen.phase == "Running"; });
  EXPECT_FALSE(of(running, "main").ready);
  const auto ready =
      machine->wait_until("p", [](const auto& seen) { return of(seen, "main").ready; });
  EXPECT_FALSE(ready.pod_ip.empty());
  machine->backend().terminate("ns", "p", std::chrono::seconds(5));
}

TEST_P(BackendContract, EndsWhatFailsItsLivenessProbe) {
  auto pod = shell_pod("p", "exec sleep 1000");
  main_container(pod).set(
      "livenessProbe",
      Value::object({{"exec", Value::object({{"command", Value::array({"false"})}})},
                     {"periodSeconds", 1},
                     {"failureThreshold", 1}}));
  EXPECT_EQ(of(machine->run(pod), "main").exit_code, 143);
}

TEST_P(BackendContract, WaitsForTheStartupProbeBeforeTheOthers) {
  const std::string flag = output_path(machine, oci(), "up");
  auto pod = shell_pod("p", cat("touch ", flag, "; exec sleep 1000"));
  Value& main = main_container(pod);
  main.set(
      "startupProbe",
      Value::object({{"exec", Value::object({{"command", Value::array({"test", "-e", flag})}})},
                     {"periodSeconds", 1}}));
  machine->create(pod);
  machine->wait_until(
      "p", [](const auto& seen) { return seen.phase == "Running" && of(seen, "main").ready; });
  machine->backend().terminate("ns", "p", std::chrono::seconds(5));
}

TEST_P(BackendContract, RunsNoMoreAtOnceThanAsked) {
  machine->close();
  machine->options.pods_max = 2;
  machine->open();
  for (const char* name : {"a", "b", "c", "d"}) machine->create(shell_pod(name, "exec sleep 1000"));
  for (const char* name : {"a", "b"}) {
    machine->wait_until(name, [](const auto& seen) { return seen.phase == "Running"; });
  }
  EXPECT_EQ(machine->backend().seen("ns", "c")->unschedulable,
            "0/1 nodes are available: 1 Too many pods.");
  machine->close();
  machine->open();  // who waits is kept too
  EXPECT_EQ(machine->backend().seen("ns", "c")->phase, "Pending");
  machine->backend().terminate("ns", "d", std::chrono::seconds(1));
  EXPECT_EQ(machine->finished("d").phase, "Failed");
  machine->backend().terminate("ns", "a", std::chrono::seconds(5));
  machine->finished("a");
  machine->wait_until("c", [](const auto& seen) { return seen.phase == "Running"; });
}

TEST_P(BackendContract, RefusesWhatItCannotDo) {
  auto pod = shell_pod("p", "");
  main_container(pod) = wrapped("main", {"argoexec", "resource", "create"});
  const auto created = machine->backend().create(pod);
  ASSERT_FALSE(created.ok());
  EXPECT_NE(created.error().message().find("argoexec resource"), std::string::npos);
}

std::string driver_name(const ::testing::TestParamInfo<Driver>& info) {
  return info.param == Driver::Oci ? "oci" : "process";
}
INSTANTIATE_TEST_SUITE_P(Local, BackendContract, ::testing::Values(Driver::Process, Driver::Oci),
                         driver_name);

}  // namespace
}  // namespace wf::local
