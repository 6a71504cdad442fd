// SPDX-License-Identifier: Apache-2.0
// Supervisors and engines killed at random moments: nothing runs twice, nothing is lost or left
// behind.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "base/text.h"
#include "io/file.h"
#include "json/text.h"
#include "local/driver.h"
#include "local/supervised.h"
#include "local/testing.h"

namespace wf::local {
namespace {

using namespace testing;
using json::Value;

void wait_microseconds(long count) {
  const timespec rest{count / 1'000'000, count % 1'000'000 * 1000};
  ::nanosleep(&rest, nullptr);
}

bool any_marked(const std::string& uid) {
  const std::string marker = cat(kMarker, "=", uid);
  const auto entries = io::list_directory("/proc");
  return std::any_of(entries->begin(), entries->end(), [&](const std::string& entry) {
    const auto text = io::read_file(cat("/proc/", entry, "/environ"));
    return text.ok() && text->find(marker) != std::string::npos;
  });
}

class Kills : public ::testing::TestWithParam<Driver> {
 protected:
  void SetUp() override {
    if (GetParam() == Driver::Oci && test_images().folder.empty())
      GTEST_SKIP() << test_images().reason;
    machine = std::make_unique<Machine>(GetParam());
    tally = machine->home() + "/tally";
    ASSERT_TRUE(io::make_directories(tally).ok());
  }
  // Adds a line to the pod's file on the machine each time that its main container runs.
  engine::PodRequest counted(const std::string& name) {
    auto pod = shell_pod(name, cat("echo ran >> ", tally, "/", name, "; echo out; sleep 0.02"));
    Value init = wrapped("prep", {}, {});
    init.set("command", Value::array({"sh", "-c", "sleep 0.01"}));
    init.erase("args");
    pod.pod.at("spec").at("initContainers").push_back(init);
    pod.pod.at("spec").at("containers").push_back(wrapped("side", {"sh", "-c"}, {"sleep 100"}));
    pod.pod.at("spec").at("volumes").push_back(
        Value::object({{"name", "tally"}, {"hostPath", Value::object({{"path", tally}})}}));
    main_container(pod)
        .at("volumeMounts")
        .push_back(Value::object({{"name", "tally"}, {"mountPath", tally}}));
    return pod;
  }
  size_t runs_of(const std::string& name) const {
    const auto text = io::read_file(tally + "/" + name);
    return text.ok() ? static_cast<size_t>(std::count(text->begin(), text->end(), '\n')) : 0;
  }
  std::unique_ptr<Machine> machine;
  std::string tally;
};

TEST_P(Kills, OfSupervisorsAreSeenAndLeaveNothing) {
  std::mt19937 random(7);
  int lost = 0;
  for (int i = 0; i < 30; ++i) {
    const std::string name = cat("p", i);
    machine->create(counted(name));
    wait_microseconds(static_cast<long>(random() % 60'000));
    const Supervisor supervisor = find_supervisor(machine->pod_dir(name));
    if (supervisor.life == Life::Running) ::kill(machine->supervisor_pid(name), SIGKILL);
    const auto seen = machine->finished(name);
    if (seen.reason == "SupervisorLost") {
      ++lost;
      EXPECT_EQ(seen.phase, "Failed");
    } else {
      EXPECT_EQ(of(seen, "main").exit_code, 0) << name;
      EXPECT_EQ(runs_of(name), 1u) << name;
    }
    EXPECT_LE(runs_of(name), 1u) << name;
    machine->wait_until_tidy(name);
    EXPECT_FALSE(any_marked(seen.uid)) << name;
    machine->backend().remove("ns", name);
    EXPECT_FALSE(io::exists(machine->pod_dir(name)));
  }
  EXPECT_GT(lost, 2);
}

// The engine as far as pods are concerned: asks for some and waits. Never returns.
[[noreturn]] void be_an_engine(const Options& options,
                               const std::vector<engine::PodRequest>& pods) {
  auto backend = LocalBackend::open(options);
  for (const auto& pod : pods) {
    if (backend.ok()) (void)(*backend)->create(pod);
  }
  while (true) ::pause();
}

TEST_P(Kills, OfEnginesLoseNothingAndRepeatNothing) {
  std::mt19937 random(11);
  machine->close();
  for (int round = 0; round < 6; ++round) {
    std::vector<engine::PodRequest> pods;
    for (int i = 0; i < 4; ++i) pods.push_back(counted(cat("r", round, "-", i)));
    for (int kills = 0; kills < 2; ++kills) {
      const pid_t engine = ::fork();
      if (engine == 0) be_an_engine(machine->options, pods);
      wait_microseconds(static_cast<long>(random() % 30'000));
      ::kill(engine, SIGKILL);
      ::waitpid(engine, nullptr, 0);
    }
    machine->open();
    for (const auto& pod : pods)
      machine->create(pod);  // what an engine does that saved before it acted
    for (const auto& pod : pods) {
      EXPECT_EQ(of(machine->finished(pod.name), "main").exit_code, 0) << pod.name;
      EXPECT_EQ(runs_of(pod.name), 1u) << pod.name;
      machine->backend().remove("ns", pod.name);
    }
    machine->close();
  }
}

std::string driver_name(const ::testing::TestParamInfo<Driver>& info) {
  return info.param == Driver::Oci ? "oci" : "process";
}
INSTANTIATE_TEST_SUITE_P(Local, Kills, ::testing::Values(Driver::Process, Driver::Oci),
                         driver_name);

}  // namespace
}  // namespace wf::local
