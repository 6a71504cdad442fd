// SPDX-License-Identifier: Apache-2.0
// How long the server takes to answer lists over 10,000 workflows. Usage: bench_api
#include <chrono>
#include <cstdio>
#include <ctime>

#include "api/server.h"
#include "base/text.h"
#include "control/engine_operations.h"
#include "io/file.h"
#include "io/system.h"
#include "json/yaml.h"
#include "store/sqlite_store.h"

namespace {

using namespace wf;
using Steady = std::chrono::steady_clock;

// Nothing runs here.
class NoPods final : public engine::Backend {
 public:
  void on_change(Changed) override {}
  Result<void> create(const engine::PodRequest&) override { return Error("no pods here"); }
  void terminate(const std::string&, const std::string&, Duration) override {}
  void remove(const std::string&, const std::string&) override {}
  Result<engine::PodSeen> seen(const std::string&, const std::string&) override { return Error("no pods here", Code::NotFound); }
  engine::TaskResult result(const std::string&, const std::string&) override { return {}; }
  std::vector<engine::PodSeen> list(const std::string&, const std::string&) override { return {}; }
};

constexpr std::string_view kWorkflow = R"(
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: hello-world-, namespace: argo, labels: {workflows.argoproj.io/completed: "true", workflows.argoproj.io/phase: Succeeded}}
spec:
  entrypoint: main
  arguments: {parameters: [{name: message, value: hello}]}
  templates:
  - name: main
    container: {image: busybox, command: [echo], args: ["hello world"]}
status:
  phase: Succeeded
  startedAt: "2026-01-02T03:04:05.123456789Z"
  finishedAt: "2026-01-02T03:04:15.123456789Z"
  progress: 1/1
  resourcesDuration: {cpu: 1, memory: 10}
)";

}  // namespace

int main() {
  auto folder = io::TempDirectory::create();
  io::SystemClock clock;
  io::SystemRandom random;
  auto store = store::open_sqlite_store(folder->path() + "/bench.db", clock, random, {.synchronous = false});
  const auto workflow = json::parse_yaml(kWorkflow);
  if (!store.ok() || !workflow.ok()) return 1;
  for (int i = 0; i < 10'000; ++i) {
    if (!(*store)->create(workflow->value).ok()) return 1;
  }
  podspec::Controller settings;
  control::StoreWorld world(**store, clock, settings);
  NoPods pods;
  control::EngineOperations operations(**store, pods, world, clock, random);
  const api::Services services{**store, operations, clock, {}, json::Value::object(), "", {}, {}};
  const auto time = [&](const char* what, std::string target) {
    io::HttpRequest request;
    request.target = std::move(target);
    const auto start = Steady::now();
    const std::clock_t cpu = std::clock();
    const auto response = api::handle(services, request);
    const double took = std::chrono::duration<double>(Steady::now() - start).count();
    const double used = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    std::printf("%-28s %8.2f ms, %8.2f ms of CPU, %zu bytes, status %d\n", what, took * 1e3, used * 1e3,
                response.body.size(), response.status);
  };
  const std::string list = "/api/v1/workflows/argo?listOptions.limit=";
  const std::string summary =
      "&fields=metadata,items.metadata,items.spec.suspend,items.spec.priority,items.spec.arguments.parameters,"
      "items.status.phase,items.status.message,items.status.startedAt,items.status.finishedAt,items.status.progress,"
      "items.status.estimatedDuration";
  time("page of 50", list + "50");
  time("page of 50, again", list + "50");
  time("page of 50, the last", list + "50&listOptions.continue=9950");
  time("page of 50, by label", list + "50&listOptions.labelSelector=workflows.argoproj.io/phase%3DSucceeded");
  time("10,000, as argo list asks", list + "0" + summary);
  for (int i = 0; i < 10; ++i) time("10,000, again", list + "0" + summary);
  return 0;
}
