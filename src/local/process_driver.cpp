// SPDX-License-Identifier: Apache-2.0
// Driver process: a container is a process of this machine in the pod's private working directory.
// There is no isolation and no mounting: paths mean the machine's own, but for Argo's own folders
// (/argo/staging, /var/run/argo) where they begin an argument. What would need a mount is refused.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include "base/text.h"
#include "io/file.h"
#include "local/driver.h"

namespace wf::local {
namespace {

constexpr std::string_view kStaging = "/argo/staging", kVarRun = "/var/run/argo";

class ProcessDriver final : public PodDriver {
 public:
  ProcessDriver(const Request& request, const std::string& pod_dir)
      : request_(request), dir_(pod_dir), work_(cat(pod_dir, "/work")) {}

  Result<void> prepare_pod() override {
    TRY_DO(io::make_directories(work_));
    for (const json::Value& volume : request_.pod.pod["spec"]["volumes"].items()) {
      const std::string_view name = volume["name"].as_string();
      if (name == "var-run-argo" || name == "argo-staging" || name == "input-artifacts") {
        TRY_DO(io::make_directories(this->volume(name)));
      }
    }
    return {};
  }

  void prepare(const ContainerPlan& plan, std::function<void(const Waiting&)>,
               std::function<void(Result<void>)> done) override {
    done(check(plan));
  }

  Result<io::Process> start(const Launch& launch) override {
    io::Command command;
    for (const auto* list : {&launch.command, &launch.args}) {
      for (const std::string& text : *list) command.argv.push_back(mapped(text));
    }
    if (command.argv.empty() || command.argv[0] == kImageCommand) {
      return Error(cat(
          "container ", go_quote(launch.plan->name),
          " has no command: driver process knows no images, so the template must say what to run"));
    }
    const Environment env = environment_for(launch);
    const std::string_view dir = launch.plan->spec["workingDir"].as_string();
    command.directory = dir.empty() ? work_ : std::string(dir);
    struct stat info {};
    if (::stat(command.directory.c_str(), &info) != 0) {
      return io::errno_error(errno, "working directory", command.directory);
    }
    TRY(command.argv[0], find_program(command.argv[0], env, command.directory));
    command.env.emplace();
    for (const auto& [name, value] : env) command.env->push_back(cat(name, "=", value));
    command.stdout_fd = launch.stdout_fd;
    command.stderr_fd = launch.stderr_fd;
    command.new_session = true;
    return io::spawn(command);
  }

  bool signal(const ContainerPlan&, io::Process& process, int number) override {
    (void)process.signal_group(number);
    return true;
  }

  Ended ended(const ContainerPlan&, io::Process& process, const io::ExitStatus& status) override {
    (void)process.signal_group(SIGKILL);  // what its session left behind
    return {status.code, status.code == 0 ? "Completed" : "Error", ""};
  }

  Result<io::Process> exec(const ContainerPlan& plan,
                           const std::vector<std::string>& argv) override {
    Launch launch;
    launch.plan = &plan;
    launch.command = argv;
    const io::Fd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    launch.stdout_fd = launch.stderr_fd = null.get();
    return start(launch);
  }

  Result<io::Fd> open_file(const ContainerPlan&, const std::string& path) override {
    io::Fd fd(::open(real_path(path).c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return io::errno_error(errno, "open", path);
    return fd;
  }

  Place place_of(const ContainerPlan&, const std::string& path) override {
    return {"/", real_path(path)};
  }
  Place place_of_input(const ContainerPlan& plan, const std::string&,
                       const std::string& path) override {
    return place_of(plan, path);
  }
  std::string volume(std::string_view name) override { return cat(dir_, "/volumes/", name); }
  std::string pod_ip() override { return "127.0.0.1"; }
  void clean_up() override {
    (void)io::remove_tree(work_);
    (void)io::remove_tree(cat(dir_, "/volumes"));
  }

 private:
  Result<void> check(const ContainerPlan& plan) const {
    const std::string who = cat("container ", go_quote(plan.name), ": driver process ");
    for (const json::Value& mount : plan.spec["volumeMounts"].items()) {
      const std::string_view name = mount["name"].as_string(),
                             path = mount["mountPath"].as_string();
      if (name == "var-run-argo" || name == "argo-staging" || name == "input-artifacts") continue;
      if (host_path_of(name) == path) continue;
      return Error(
          cat(who, "cannot mount volume ", go_quote(name), " at ", path, "; use driver oci"));
    }
    const auto asked = [&](const char* field) -> const json::Value& {
      const json::Value& own = plan.spec["securityContext"][field];
      return own.is_null() ? request_.pod.pod["spec"]["securityContext"][field] : own;
    };
    const auto user = asked("runAsUser").as_int();
    if (user && *user != static_cast<int64_t>(::geteuid())) {
      return Error(cat(who, "runs everything as user ", ::geteuid(), ", not as user ", *user,
                       "; use driver oci"));
    }
    if (asked("runAsNonRoot").as_bool() && ::geteuid() == 0) {
      return Error(
          cat(who, "runs everything as root here, and runAsNonRoot is set; use driver oci"));
    }
    return {};
  }

  std::string_view host_path_of(std::string_view volume) const {
    for (const json::Value& item : request_.pod.pod["spec"]["volumes"].items()) {
      if (item["name"].as_string() == volume) return item["hostPath"]["path"].as_string();
    }
    return {};
  }

  std::string real_path(const std::string& path) {
    return path.starts_with("/") ? mapped(path) : cat(work_, "/", path);
  }

  std::string mapped(const std::string& text) {
    for (const auto& [prefix, name] :
         {std::pair(kStaging, "argo-staging"), std::pair(kVarRun, "var-run-argo")}) {
      if (text.starts_with(prefix) && text.size() > prefix.size() && text[prefix.size()] == '/' &&
          text != kImageCommand) {
        return cat(volume(name), std::string_view(text).substr(prefix.size()));
      }
    }
    return text;
  }

  Environment environment_for(const Launch& launch) {
    Environment env;
    for (const char* name :
         {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR"}) {
      if (const char* value = ::getenv(name)) set(env, name, value);
    }
    for (const auto& [name, value] : launch.env) {
      set(env, name, name == "ARGO_PROGRESS_FILE" ? mapped(value) : value);
    }
    set(env, kMarker, request_.uid);
    return env;
  }

  // As execvp, by the program's own PATH and directory. The errors are the emissary's.
  static Result<std::string> find_program(const std::string& name, const Environment& env,
                                          const std::string& dir) {
    if (name.find('/') != std::string::npos) {
      const std::string path = name[0] == '/' ? name : cat(dir, "/", name);
      if (::access(path.c_str(), X_OK) == 0) return path;
      return Error(cat("failed to find name in PATH: exec: ", go_quote(name), ": ",
                       errno == EACCES ? "permission denied" : "no such file or directory"),
                   Code::NotFound);
    }
    const std::string* path = find(env, "PATH");
    const std::string_view folders = path ? std::string_view(*path) : "/usr/bin:/bin";
    for (const std::string_view folder : split(folders, ":")) {
      std::string candidate = cat(folder, "/", name);
      struct stat info {};
      if (::access(candidate.c_str(), X_OK) == 0 && ::stat(candidate.c_str(), &info) == 0 &&
          S_ISREG(info.st_mode)) {
        return candidate;
      }
    }
    return Error(cat("failed to find name in PATH: exec: ", go_quote(name),
                     ": executable file not found in $PATH"),
                 Code::NotFound);
  }

  const Request& request_;
  std::string dir_, work_;
};

}  // namespace

std::unique_ptr<PodDriver> make_process_driver(const Request& request, const std::string& pod_dir) {
  return std::make_unique<ProcessDriver>(request, pod_dir);
}

}  // namespace wf::local
