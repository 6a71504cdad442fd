// SPDX-License-Identifier: Apache-2.0
#include "local/testing.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>

#include "base/text.h"
#include "io/process.h"
#include "local/runtime.h"
#include "local/supervised.h"

namespace wf::local::testing {
namespace {

json::Value list_of(const std::vector<std::string>& texts) {
  json::Value out = json::Value::array();
  for (const std::string& text : texts) out.push_back(text);
  return out;
}

json::Value helper(const char* name) {
  return json::Value::object(
      {{"name", name},
       {"image", "quay.io/argoproj/argoexec:v4"},
       {"command", json::Value::array({"argoexec", name, "--loglevel", "info"})}});
}

std::string executor_path() {
  char path[4096];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  const std::string self(path, static_cast<size_t>(length));
  const std::string tests = self.substr(0, self.rfind('/'));
  return tests.substr(0, tests.rfind('/')) + "/bin/argoexec";
}

}  // namespace

json::Value wrapped(std::string_view name, std::vector<std::string> command,
                    std::vector<std::string> args) {
  std::vector<std::string> all{"/var/run/argo/argoexec", "emissary", "--loglevel", "info", "--"};
  all.insert(all.end(), command.begin(), command.end());
  json::Value mount =
      json::Value::object({{"name", "var-run-argo"}, {"mountPath", "/var/run/argo"}});
  return json::Value::object({{"name", name},
                              {"image", "test/busybox:1"},
                              {"imagePullPolicy", "IfNotPresent"},
                              {"command", list_of(all)},
                              {"args", list_of(args)},
                              {"volumeMounts", json::Value::array({mount})}});
}

engine::PodRequest shell_pod(std::string_view name, std::string_view script) {
  engine::PodRequest request;
  request.ns = "ns";
  request.name = std::string(name);
  request.workflow = "wf";
  request.workflow_uid = "wf-uid";
  request.node_id = std::string(name);
  request.node_name = "wf.step";
  const auto empty_dir = [](const char* volume) {
    return json::Value::object({{"name", volume}, {"emptyDir", json::Value::object()}});
  };
  request.pod = json::Value::object({
      {"apiVersion", "v1"},
      {"kind", "Pod"},
      {"metadata", json::Value::object({{"name", name},
                                        {"namespace", "ns"},
                                        {"labels", json::Value::object({{"app", "demo"}})}})},
      {"spec",
       json::Value::object({
           {"initContainers", json::Value::array({helper("init")})},
           {"containers", json::Value::array({helper("wait"), wrapped("main", {"sh", "-c"},
                                                                      {std::string(script)})})},
           {"volumes", json::Value::array({empty_dir("var-run-argo"), empty_dir("argo-staging"),
                                           empty_dir("input-artifacts")})},
       })},
  });
  request.tmpl = json::Value::object({{"name", "t"}, {"container", json::Value::object()}});
  return request;
}

json::Value& container(engine::PodRequest& request, std::string_view list, std::string_view name) {
  json::Value& containers = request.pod.at("spec").at(list);
  for (size_t i = 0; i < containers.size(); ++i) {
    if (containers[i]["name"].as_string() == name) return containers.item(i);
  }
  ADD_FAILURE() << "no container " << name;
  return containers;
}

json::Value& main_container(engine::PodRequest& request) {
  return container(request, "containers", "main");
}

void set_env(json::Value& target, std::string_view name, json::Value item) {
  json::Value entry = item.is_object() ? json::Value::object({{"name", name}, {"valueFrom", item}})
                                       : json::Value::object({{"name", name}, {"value", item}});
  target.at("env").push_back(entry);
}

const TestImages& test_images() {
  static io::TempDirectory home = std::move(*io::TempDirectory::create("argo-images"));
  static const TestImages made = []() -> TestImages {
    if (::geteuid() != 0) return {"", "driver oci needs root"};
    if (!find_runtime().ok()) return {"", "neither crun nor runc is installed"};
    const auto run = [](std::vector<std::string> argv) -> std::string {
      io::Command command;
      command.argv = std::move(argv);
      const auto output = io::run(command);
      return !output.ok() ? output.error().message() : output->status.code != 0 ? output->err : "";
    };
    std::string wrong = run({"tests/images/build.sh", home.path(), "busybox"});
    if (wrong.empty()) {
      wrong = run({executor_path() + "-io", "load", home.path(), home.path() + "/busybox.tar",
                   "test/busybox:1"});
    }
    return wrong.empty() ? TestImages{home.path() + "/images", ""} : TestImages{"", wrong};
  }();
  return made;
}

Machine::Machine(Driver driver) : home_(std::move(*io::TempDirectory::create("argo-home"))) {
  if (driver == Driver::Oci) {
    EXPECT_EQ(::symlink(test_images().folder.c_str(), (home_.path() + "/images").c_str()), 0);
  }
  options.home = home_.path();
  options.driver = driver;
  options.executor = executor_path();
  open();
}

Machine::~Machine() {
  if (!backend_) open();
  for (const engine::PodSeen& pod : backend_->list("ns", "")) backend_->remove("ns", pod.name);
  close();
}

void Machine::open() {
  auto opened = LocalBackend::open(options);
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  backend_ = std::move(*opened);
  backend_->on_change([this](const std::string&, const std::string&, const std::string&) {
    const std::lock_guard lock(mutex_);
    ++changes_;
    changed_.notify_all();
  });
}

void Machine::close() { backend_.reset(); }

void Machine::create(const engine::PodRequest& request) {
  const auto created = backend_->create(request);
  ASSERT_TRUE(created.ok()) << created.error().message();
}

engine::PodSeen Machine::wait_until(const std::string& pod,
                                    const std::function<bool(const engine::PodSeen&)>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (true) {
    uint64_t before;
    {
      const std::lock_guard lock(mutex_);
      before = changes_;
    }
    auto seen = backend_->seen("ns", pod);
    if (!seen.ok()) {
      ADD_FAILURE() << seen.error().message();
      return {};
    }
    if (holds(*seen)) return *seen;
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, deadline, [&] { return changes_ != before; })) {
      ADD_FAILURE() << "pod " << pod << " is still " << seen->phase << " " << seen->message;
      return *seen;
    }
  }
}

engine::PodSeen Machine::finished(const std::string& pod) {
  return wait_until(pod, [this, &pod](const engine::PodSeen& seen) {
    return ended(seen) && backend_->result("ns", pod).complete;
  });
}

std::string Machine::log(const std::string& pod, const std::string& name) {
  std::string out;
  const auto read = backend_->read_log("ns", pod, name, {}, [&](const LogLine& line) {
    out += cat(line.text, line.whole ? "\n" : "");
    return true;
  });
  if (!read) return "no log: " + read.error().message();
  return out;
}

void Machine::wait_until_tidy(const std::string& pod) {
  const Supervisor supervisor = find_supervisor(pod_dir(pod));
  if (!supervisor.pidfd) return;
  pollfd gone{supervisor.pidfd.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&gone, 1, 20000), 1);
}

pid_t Machine::supervisor_pid(const std::string& pod) {
  return std::atoi(io::read_file(pod_dir(pod) + "/claim").value().c_str());
}

const engine::ContainerSeen& of(const engine::PodSeen& seen, std::string_view name) {
  static const engine::ContainerSeen none;
  for (const auto* list : {&seen.containers, &seen.init_containers}) {
    for (const auto& one : *list) {
      if (one.name == name) return one;
    }
  }
  ADD_FAILURE() << "no container " << name;
  return none;
}

bool ended(const engine::PodSeen& seen) {
  return seen.phase == "Succeeded" || seen.phase == "Failed";
}

}  // namespace wf::local::testing
