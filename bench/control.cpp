// SPDX-License-Identifier: Apache-2.0
// How many small workflows a second the embedded engine takes from submission to completion with
// pods that succeed at once, every commit durable. Usage: bench_control [WORKFLOWS [WORKERS]]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/text.h"
#include "control/controller.h"
#include "io/file.h"
#include "io/system.h"
#include "json/yaml.h"
#include "store/kinds.h"
#include "store/sqlite_store.h"

namespace {

using namespace wf;
using Steady = std::chrono::steady_clock;

// Every pod has succeeded as soon as it is created.
class NullPods final : public engine::Backend {
 public:
  void on_change(Changed changed) override { changed_ = std::move(changed); }
  Result<void> create(const engine::PodRequest& request) override {
    engine::PodSeen pod;
    pod.ns = request.ns;
    pod.name = request.name;
    pod.uid = request.name;
    pod.workflow = request.workflow;
    pod.node_id = request.node_id;
    pod.phase = "Succeeded";
    for (const char* name : {"main", "wait"}) {
      engine::ContainerSeen container;
      container.name = name;
      container.state = engine::ContainerSeen::State::Terminated;
      container.reason = "Completed";
      pod.containers.push_back(std::move(container));
    }
    pods_[request.name] = std::move(pod);
    changed_(request.ns, request.workflow, request.name);
    return {};
  }
  void terminate(const std::string&, const std::string&, Duration) override {}
  void remove(const std::string&, const std::string& pod) override { pods_.erase(pod); }
  Result<engine::PodSeen> seen(const std::string&, const std::string& pod) override {
    const auto at = pods_.find(pod);
    if (at == pods_.end()) return Error("no such pod", Code::NotFound);
    return at->second;
  }
  engine::TaskResult result(const std::string&, const std::string& pod) override {
    engine::TaskResult result;
    if (const auto at = pods_.find(pod); at != pods_.end()) result.node_id = at->second.node_id;
    result.complete = true;
    return result;
  }
  std::vector<engine::PodSeen> list(const std::string&, const std::string& workflow) override {
    std::vector<engine::PodSeen> list;
    if (workflow.empty()) return list;
    for (const auto& [name, pod] : pods_) {
      if (pod.workflow == workflow) list.push_back(pod);
    }
    return list;
  }

 private:
  Changed changed_;
  std::unordered_map<std::string, engine::PodSeen> pods_;
};

constexpr std::string_view kWorkflow = R"(
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: hello-world-, namespace: argo}
spec:
  entrypoint: main
  podGC: {strategy: OnPodCompletion, deleteDelayDuration: 0s}
  templates:
  - name: main
    container: {image: busybox, command: [echo], args: ["hello world"]}
)";

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 10'000;
  const int workers = argc > 2 ? std::atoi(argv[2]) : 2;
  auto folder = io::TempDirectory::create();
  io::SystemClock clock;
  io::SystemRandom random;
  auto store = store::open_sqlite_store(folder->path() + "/bench.db", clock, random);
  const auto workflow = json::parse_yaml(kWorkflow);
  if (!store.ok() || !workflow.ok()) return 1;
  NullPods pods;
  podspec::Controller settings;
  control::Controller controller(**store, pods, clock, random, settings);
  if (!controller.start().ok()) return 1;
  const auto start = Steady::now();
  controller.run(workers);
  std::vector<std::thread> users;
  for (int user = 0; user < 8; ++user) {
    users.emplace_back([&, user] {
      for (int i = user; i < count; i += 8) {
        const auto made = controller.operations().create(workflow->value, control::DryRun::Off);
        if (!made.ok()) std::fprintf(stderr, "%s\n", made.error().message().c_str());
      }
    });
  }
  for (auto& user : users) user.join();
  const double submitted = std::chrono::duration<double>(Steady::now() - start).count();
  while (controller.unfinished() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const double done = std::chrono::duration<double>(Steady::now() - start).count();
  std::printf("%d workflows: submitted in %.2f s, done in %.2f s: %.0f workflows/s\n", count, submitted, done, count / done);
  controller.stop();
  return 0;
}
