// SPDX-License-Identifier: Apache-2.0
// local/testing.h: for this room's tests: pods in the form that Argo gives them, and a machine (a
// backend over a fresh $ARGO_HOME) on which they run.
#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "io/file.h"
#include "json/value.h"
#include "local/backend.h"

namespace wf::local::testing {

// A container as the pod builder writes it: its command behind `argoexec emissary … --`.
json::Value wrapped(std::string_view name, std::vector<std::string> command,
                    std::vector<std::string> args = {});
// The Pod of a template whose main container runs `sh -c script`, with init and wait.
engine::PodRequest shell_pod(std::string_view name, std::string_view script);
json::Value& main_container(engine::PodRequest& request);  // to change it
json::Value& container(engine::PodRequest& request, std::string_view list, std::string_view name);
void set_env(json::Value& container, std::string_view name, json::Value item);

class Machine {
 public:
  explicit Machine(Driver driver);
  ~Machine();
  LocalBackend& backend() { return *backend_; }
  const std::string& home() const { return home_.path(); }
  std::string pod_dir(std::string_view pod) const {
    return home_.path() + "/pods/ns/" + std::string(pod);
  }
  void open();  // a new backend over the same home
  void close();
  Options options;  // for open()

  void create(const engine::PodRequest& request);
  // Waits until it holds; looks again at each change. Fails the test after 20 s.
  engine::PodSeen wait_until(const std::string& pod,
                             const std::function<bool(const engine::PodSeen&)>& holds);
  engine::PodSeen finished(const std::string& pod);
  engine::PodSeen run(const engine::PodRequest& request) {
    create(request);
    return finished(request.name);
  }
  std::string log(const std::string& pod, const std::string& container = "main");
  void wait_until_tidy(const std::string& pod);  // its supervisor has ended
  pid_t supervisor_pid(const std::string& pod);

 private:
  io::TempDirectory home_;
  std::unique_ptr<LocalBackend> backend_;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t changes_ = 0;
};

const engine::ContainerSeen& of(const engine::PodSeen& seen, std::string_view container);
bool ended(const engine::PodSeen& seen);
// Folder to stand for $ARGO_HOME/images: image test/busybox:1 is in it, made once per test program
// from the machine's own busybox. Empty, with a reason, where this machine cannot run containers.
struct TestImages {
  std::string folder, reason;
};
const TestImages& test_images();

}  // namespace wf::local::testing
