// SPDX-License-Identifier: Apache-2.0
// Driver oci: containers by crun or runc. The supervisor lives in a mount namespace of its own,
// where it mounts every container's root with its volumes; so the kernel takes all of that back
// when the supervisor ends, however it ends, and outputs are read from the same tree afterwards.
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>

#include "base/text.h"
#include "executor/in_root.h"
#include "io/file.h"
#include "json/text.h"
#include "local/cgroup.h"
#include "local/driver.h"
#include "local/host.h"
#include "local/image_wait.h"
#include "local/network.h"
#include "local/own_programs.h"
#include "local/rootfs.h"
#include "local/runtime_config.h"
#include "local/users.h"
#include "local/volumes.h"

namespace wf::local {

using executor::make_directory_in_root;
using executor::make_file_in_root;
using executor::name_of;
using executor::open_in_root;

namespace {

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr size_t kTerminationMessageMax = 4096;

uint64_t capabilities_here() {
  const auto status = io::read_file("/proc/self/status");
  const size_t at = status.ok() ? status->find("CapBnd:") : std::string::npos;
  return at == std::string::npos ? 0 : std::strtoull(status->c_str() + at + 7, nullptr, 16);
}

bool made_by_runtime(std::string_view path) {
  return path.starts_with("/dev/") || path.starts_with("/proc/") || path.starts_with("/sys/") ||
         path == "/dev";
}

std::vector<std::string> texts(const json::Value& list) {
  std::vector<std::string> out;
  for (const json::Value& item : list.items()) out.emplace_back(item.as_string());
  return out;
}

// A file of a folder that only this supervisor uses: no rename is needed.
Result<void> put_file(const std::string& path, std::string_view text, mode_t mode) {
  const io::Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!fd) return io::errno_error(errno, "writing", path);
  return io::write_all(fd.get(), text);
}

class OciDriver final : public PodDriver {
 public:
  OciDriver(const Request& request, const std::string& pod_dir, Loop& loop)
      : request_(request), home_(request.home), dir_(pod_dir), loop_(loop) {}

  Result<void> prepare_pod() override {
    TRY_DO(enter_own_mounts());
    const json::Value& spec = request_.pod.pod["spec"];
    TRY_DO(join_network(spec));
    const PodFacts facts{request_.pod.pod, request_.pod.ns, request_.uid,
                         host_name(),      pod_ip(),        request_.objects};
    TRY(volumes_, make_volumes(facts, home_, cat(dir_, "/volumes")));
    TRY_DO(write_auth_file());
    return write_etc();
  }

  void prepare(const ContainerPlan& plan, std::function<void(const Waiting&)> waiting,
               std::function<void(Result<void>)> done) override {
    ImageWait::Ask ask{std::string(plan.spec["image"].as_string()), policy_of(plan), auth_file_};
    wait_ = std::make_unique<ImageWait>(loop_, home_, std::move(ask), std::move(waiting),
                                        [this, &plan, done](ImageRecord image) {
                                          boxes_[plan.name].image = std::move(image);
                                          done({});
                                        });
    wait_->begin();
  }

  Result<io::Process> start(const Launch& launch) override {
    Box& box = boxes_[launch.plan->name];
    if (box.root.empty()) TRY_DO(build(box, *launch.plan, launch.env));
    TRY(const RuntimeConfig config, configure(box, launch));
    TRY_DO(put_file(cat(box.folder, "/config.json"), json::print(runtime_config(config)), 0600));
    TRY_DO(put_file(box.termination_log, "", 0666));
    ::chmod(box.termination_log.c_str(), 0666);
    ++box.runs;
    if (launch.plan->wrapped) TRY_DO(clear_mark(*launch.plan));
    io::Command command;
    command.argv = runtime_command(box);
    for (const char* word : {"run", "--bundle"}) command.argv.emplace_back(word);
    command.argv.push_back(box.folder);
    command.argv.insert(command.argv.end(),
                        {"--pid-file", cat(box.folder, "/pid"), container_id(box, *launch.plan)});
    command.stdout_fd = launch.stdout_fd;
    command.stderr_fd = launch.stderr_fd;
    command.new_session = true;
    ::unlink(cat(box.folder, "/pid").c_str());
    box.cgroup.enter();
    auto started = io::spawn(command);
    box.cgroup.leave();
    return started;
  }

  // crun and runc hand signals on to the container's first process; SIGKILL they cannot. The kernel
  // drops what comes before the emissary, being process 1, is ready for it: then it has left a
  // mark.
  bool signal(const ContainerPlan& plan, io::Process& process, int number) override {
    if (number != SIGKILL) {
      if (plan.wrapped && !io::exists(started_mark(plan))) return false;
      (void)process.signal(number);
      return true;
    }
    const auto text = io::read_file(cat(boxes_[plan.name].folder, "/pid"));
    const long pid = text.ok() ? std::strtol(text->c_str(), nullptr, 10) : 0;
    if (pid > 0) {
      ::kill(static_cast<pid_t>(pid), SIGKILL);
    } else {
      (void)process.signal_group(SIGKILL);
    }
    return true;
  }

  Ended ended(const ContainerPlan& plan, io::Process&, const io::ExitStatus& status) override {
    Box& box = boxes_[plan.name];
    Ended out{status.code, status.code == 0 ? "Completed" : "Error", ""};
    if (status.code == 137 && box.cgroup.out_of_memory()) out.reason = "OOMKilled";
    if (auto text = io::read_file(box.termination_log)) {
      if (text->size() > kTerminationMessageMax)
        text->erase(0, text->size() - kTerminationMessageMax);
      out.message = std::move(*text);
    }
    return out;
  }

  Result<io::Process> exec(const ContainerPlan& plan,
                           const std::vector<std::string>& argv) override {
    Box& box = boxes_[plan.name];
    io::Command command;
    command.argv = runtime_command(box);
    command.argv.insert(command.argv.end(), {"exec", container_id(box, plan)});
    command.argv.insert(command.argv.end(), argv.begin(), argv.end());
    const io::Fd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    command.stdout_fd = command.stderr_fd = null.get();
    command.new_session = true;
    return io::spawn(command);
  }

  Result<io::Fd> open_file(const ContainerPlan& plan, const std::string& path) override {
    const Box& box = boxes_[plan.name];
    if (box.root.empty())
      return Error(cat("open ", path, ": the container never started"), Code::NotFound);
    return open_in_root(box.root, path, O_RDONLY);
  }

  Place place_of(const ContainerPlan& plan, const std::string& path) override {
    return {boxes_[plan.name].root, path};
  }

  // Argo mounts its own volume at the artifact's path, unless a volume of the user's holds that
  // path: then the artifact goes into the deepest such one.
  Place place_of_input(const ContainerPlan& plan, const std::string& name,
                       const std::string& path) override {
    json::Value users = plan.spec;
    users.set("volumeMounts", json::Value::array());
    for (const json::Value& mount : plan.spec["volumeMounts"].items()) {
      if (mount["name"].as_string() == "input-artifacts") {
        if (mount["subPath"].as_string() == name)
          return {volume("input-artifacts"), cat("/", name)};
      } else {
        users.at("volumeMounts").push_back(mount);
      }
    }
    std::vector<BindMount> mounts;
    const BindMount* best = nullptr;
    if (!add_volume_mounts(mounts, users, {}).ok()) mounts.clear();
    for (const BindMount& mount : mounts) {
      const bool holds = path == mount.destination || path.starts_with(mount.destination + "/");
      if (holds && (!best || mount.destination.size() > best->destination.size())) best = &mount;
    }
    if (!best) return {volume("input-artifacts"), cat("/", name)};
    return {best->source, path.substr(best->destination.size())};
  }

  std::string volume(std::string_view name) override {
    const auto found = volumes_.find(std::string(name));
    return found == volumes_.end() ? std::string() : found->second.path;
  }
  std::string pod_ip() override { return network_ ? network_->address() : "127.0.0.1"; }

  void clean_up() override {
    wait_.reset();
    for (auto& [name, box] : boxes_) box.cgroup.remove();
    leave_mounts();
    for (const std::string_view name : {"/containers", "/volumes", "/etc"})
      (void)io::remove_tree(cat(dir_, name));
    if (!auth_file_.empty()) ::unlink(auth_file_.c_str());
  }

 private:
  // "auto": the machine's network, but for pods in which something listens that others may run
  // beside them: daemons, and pods with sidecars.
  Result<void> join_network(const json::Value& spec) {
    if (request_.network == "host" || spec["hostNetwork"].as_bool()) return {};
    const bool asked = request_.network == "bridge";
    size_t users = 0;
    for (const json::Value& container : spec["containers"].items()) {
      const std::string_view name = container["name"].as_string();
      if (name != "wait" && name != "supervisor") ++users;
    }
    const bool listens = request_.pod.tmpl["daemon"].as_bool() ||
                         (users > 1 && !request_.pod.tmpl["containerSet"].is_object());
    if (!asked && !listens) return {};
    auto made = PodNetwork::make(request_.uid);
    if (made.ok()) {
      network_ = std::move(*made);
    } else if (asked) {
      return std::move(made.error());
    }
    return {};
  }

  struct Box {
    ImageRecord image;
    std::string folder;  // config.json, pid, upper, rootfs …
    std::string root;    // mounted; "" before
    std::string termination_log;
    Cgroup cgroup;
    User user;
    int runs = 0;
  };

  // The pod builder writes Kubernetes' defaults into the pod: what counts as written down is what
  // the template says of the container.
  std::string policy_of(const ContainerPlan& plan) const {
    const std::string policy(plan.spec["imagePullPolicy"].as_string());
    if (policy != "Always") return policy;
    const json::Value& tmpl = request_.pod.tmpl;
    for (const char* kind : {"container", "script"}) {
      if (plan.name == "main" && !tmpl[kind]["imagePullPolicy"].as_string().empty()) return policy;
    }
    for (const json::Value* list :
         {&tmpl["sidecars"], &tmpl["initContainers"], &tmpl["containerSet"]["containers"]}) {
      for (const json::Value& one : list->items()) {
        if (one["name"].as_string() == plan.name && !one["imagePullPolicy"].as_string().empty()) {
          return policy;
        }
      }
    }
    return "";
  }

  std::string container_id(const Box& box, const ContainerPlan& plan) const {
    return cat("argo-", request_.uid, "-", plan.name, "-", box.runs);
  }

  // Control groups are our own business; the state goes with the pod's folder.
  std::vector<std::string> runtime_command(const Box& box) const {
    const bool crun = request_.runtime.ends_with("crun");
    std::vector<std::string> out{request_.runtime, "--root", cat(box.folder, "/run")};
    if (crun) out.emplace_back("--cgroup-manager=disabled");
    return out;
  }

  // In Argo's shared folder, which every user may write to.
  std::string started_mark(const ContainerPlan& plan) {
    return cat(volume("var-run-argo"), "/ctr/", plan.name, "/started");
  }
  Result<void> clear_mark(const ContainerPlan& plan) {
    if (volume("var-run-argo").empty()) return Error("the pod has no volume var-run-argo");
    const std::string mark = started_mark(plan);
    const std::string folder = mark.substr(0, mark.rfind('/'));
    TRY_DO(io::make_directories(folder));
    ::chmod(folder.c_str(), 0777);
    ::unlink(mark.c_str());
    return {};
  }

  // Names and addresses as Kubernetes writes them into every container of a pod.
  Result<void> write_etc() {
    const std::string folder = cat(dir_, "/etc");
    TRY_DO(io::make_directories(folder));
    const json::Value& spec = request_.pod.pod["spec"];
    const std::string name = pod_host_name();
    std::string hosts = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";
    hosts += cat(network_ ? pod_ip() : "127.0.1.1", "\t", name, "\n");
    if (const auto machine = io::read_file("/etc/hosts"); machine.ok() && !network_)
      hosts += *machine;
    for (const json::Value& alias : spec["hostAliases"].items()) {
      hosts += cat(alias["ip"].as_string(), "\t", join(texts(alias["hostnames"]), "\t"), "\n");
    }
    TRY_DO(put_file(cat(folder, "/hosts"), hosts, 0644));
    TRY_DO(put_file(cat(folder, "/hostname"), cat(name, "\n"), 0644));
    return put_file(cat(folder, "/resolv.conf"), resolv_conf(), 0644);
  }

  // A resolver on the machine's loopback is out of reach from a network of the pod's own.
  const char* machine_resolv_conf() const {
    static constexpr const char* kOwn = "/etc/resolv.conf";
    static constexpr const char* kUpstream = "/run/systemd/resolve/resolv.conf";
    if (!network_ || !io::exists(kUpstream)) return kOwn;
    const auto own = io::read_file(kOwn);
    return own.ok() && own->find("nameserver 127.") != std::string::npos ? kUpstream : kOwn;
  }

  std::string resolv_conf() const {
    const json::Value& spec = request_.pod.pod["spec"];
    const json::Value& own = spec["dnsConfig"];
    std::string text;
    if (const auto machine = io::read_file(machine_resolv_conf());
        machine.ok() && spec["dnsPolicy"].as_string() != "None") {
      text = *machine;
      if (!text.empty() && text.back() != '\n') text.push_back('\n');
    }
    for (const std::string& server : texts(own["nameservers"]))
      text += cat("nameserver ", server, "\n");
    if (!own["searches"].empty()) text += cat("search ", join(texts(own["searches"]), " "), "\n");
    for (const json::Value& option : own["options"].items()) {
      const std::string_view value = option["value"].as_string();
      text += cat("options ", option["name"].as_string(), value.empty() ? "" : ":", value, "\n");
    }
    return text;
  }

  std::string pod_host_name() const {
    const std::string_view given = request_.pod.pod["spec"]["hostname"].as_string();
    return std::string((given.empty() ? std::string_view(request_.pod.name) : given).substr(0, 63));
  }

  // The registries' passwords that the pod names, as one file for skopeo.
  Result<void> write_auth_file() {
    json::Value auths = json::Value::object();
    for (const json::Value& item : request_.pod.pod["spec"]["imagePullSecrets"].items()) {
      for (const char* key : {".dockerconfigjson", ".dockercfg"}) {
        const auto text = object_key(request_.objects, "Secret", item["name"].as_string(), key);
        if (!text) continue;
        const auto document = json::parse(*text);
        if (!document)
          return Error(cat("secret ", go_quote(item["name"].as_string()),
                           " holds no registry login: ", document.error().message()));
        const json::Value& list =
            key == std::string_view(".dockercfg") ? *document : (*document)["auths"];
        for (const auto& member : list.members()) auths.set(member.key(), member.value);
      }
    }
    if (auths.empty()) return {};
    auth_file_ = cat(dir_, "/auth.json");
    return io::write_file(auth_file_, json::print(json::Value::object({{"auths", auths}})), 0600,
                          io::Durable::No);
  }

  // Root folder with everything mounted in it; once per container.
  Result<void> build(Box& box, const ContainerPlan& plan, const Environment& env) {
    box.folder = cat(dir_, "/containers/", plan.name);
    box.termination_log = cat(box.folder, "/termination-log");
    TRY_DO(io::make_directories(box.folder));
    TRY(const std::string root, mount_layers(home_, box.image, box.folder));
    std::vector<BindMount> mounts;
    for (const char* file : {"hosts", "hostname", "resolv.conf"}) {
      mounts.push_back({cat(dir_, "/etc/", file), cat("/etc/", file), false});
    }
    TRY_DO(add_volume_mounts(mounts, plan.spec, env));
    std::stable_sort(mounts.begin(), mounts.end(), [](const BindMount& a, const BindMount& b) {
      return std::count(a.destination.begin(), a.destination.end(), '/') <
             std::count(b.destination.begin(), b.destination.end(), '/');
    });
    for (const BindMount& mount : mounts) {
      if (!made_by_runtime(mount.destination)) TRY_DO(bind_into(root, mount));
    }
    if (plan.wrapped)
      TRY_DO(bind_into(root, {own_program("argoexec"), "/var/run/argo/argoexec", true}));
    TRY(box.user,
        user_of(root, box.image.config["User"].as_string(),
                request_.pod.pod["spec"]["securityContext"], plan.spec["securityContext"]));
    box.cgroup = Cgroup::make(cat("argo-", request_.uid, "-", plan.name), limits_of(plan.spec));
    box.root = root;
    return {};
  }

  Result<void> add_volume_mounts(std::vector<BindMount>& mounts, const json::Value& container,
                                 const Environment& env) {
    for (const json::Value& mount : container["volumeMounts"].items()) {
      const std::string name(mount["name"].as_string());
      const auto found = volumes_.find(name);
      if (found == volumes_.end()) return Error(cat("volume '", name, "' not found in pod"));
      std::string source = found->second.path;
      std::string sub(mount["subPath"].as_string());
      if (sub.empty()) sub = expand(mount["subPathExpr"].as_string(), env);
      if (!sub.empty()) {
        TRY(source, sub_path(source, sub));
      }
      std::string at(mount["mountPath"].as_string());
      while (at.size() > 1 && at.back() == '/') at.pop_back();
      if (!at.starts_with("/")) at = cat("/", at);
      mounts.push_back({source, at, found->second.read_only || mount["readOnly"].as_bool()});
    }
    return {};
  }

  // A folder or file below a volume, made as a folder where it is missing; links cannot lead out.
  static Result<std::string> sub_path(const std::string& volume, const std::string& sub) {
    auto there = open_in_root(volume, sub, O_PATH);
    if (!there) {
      TRY(there, make_directory_in_root(volume, sub, 0777));
      ::chmod(name_of(*there).c_str(), 0777);
    }
    char path[4096];
    const ssize_t length = ::readlink(name_of(*there).c_str(), path, sizeof path);
    if (length <= 0) return io::errno_error(errno, "subPath", sub);
    return std::string(path, static_cast<size_t>(length));
  }

  // Kubernetes' reading of command and args over the image's ENTRYPOINT and CMD.
  static Result<std::vector<std::string>> arguments(const Box& box, const Launch& launch) {
    const bool from_image = launch.command.empty() || launch.command[0] == kImageCommand;
    std::vector<std::string> out =
        from_image ? texts(box.image.config["Entrypoint"]) : launch.command;
    const bool use_cmd = from_image && launch.args.empty();
    const auto rest = use_cmd ? texts(box.image.config["Cmd"]) : launch.args;
    out.insert(out.end(), rest.begin(), rest.end());
    if (out.empty())
      return Error(cat("no command specified, and image ", box.image.reference, " has none"));
    if (launch.plan->wrapped) {
      const std::string mark = cat("--started=/var/run/argo/ctr/", launch.plan->name, "/started");
      out.insert(out.begin(), {"/var/run/argo/argoexec", "emissary", mark, "--"});
    }
    return out;
  }

  Result<RuntimeConfig> configure(const Box& box, const Launch& launch) {
    RuntimeConfig config;
    config.root = box.root;
    config.host_name = pod_host_name();
    TRY(config.args, arguments(box, launch));
    set(config.env, "PATH", kDefaultPath);
    set(config.env, "HOSTNAME", config.host_name);
    for (const std::string& item : texts(box.image.config["Env"])) {
      const size_t equals = item.find('=');
      if (equals != std::string::npos)
        set(config.env, item.substr(0, equals), item.substr(equals + 1));
    }
    for (const auto& [name, value] : launch.env) set(config.env, name, value);
    if (!find(config.env, "HOME")) set(config.env, "HOME", box.user.home);
    set(config.env, kMarker, request_.uid);
    config.directory = std::string(launch.plan->spec["workingDir"].as_string());
    if (config.directory.empty())
      config.directory = std::string(box.image.config["WorkingDir"].as_string());
    if (config.directory.empty()) config.directory = "/";
    TRY_DO(make_directory_in_root(box.root, config.directory));  // as container runtimes do
    config.user = box.user;
    config.security_context = launch.plan->spec["securityContext"];
    TRY_DO(add_runtime_mounts(config, launch));
    std::string log(launch.plan->spec["terminationMessagePath"].as_string());
    config.mounts.push_back(
        {box.termination_log, log.empty() ? "/dev/termination-log" : log, false});
    if (network_) config.network = network_->path();
    config.host_pid = request_.pod.pod["spec"]["hostPID"].as_bool();
    config.host_ipc = request_.pod.pod["spec"]["hostIPC"].as_bool();
    config.capabilities_here = capabilities_here();
    return config;
  }

  Result<void> add_runtime_mounts(RuntimeConfig& config, const Launch& launch) {
    std::vector<BindMount> mounts;
    TRY_DO(add_volume_mounts(mounts, launch.plan->spec, launch.env));
    for (const BindMount& mount : mounts) {
      if (made_by_runtime(mount.destination))
        config.mounts.push_back({mount.source, mount.destination, mount.read_only});
    }
    return {};
  }

  void leave_mounts() {
    for (auto& [name, box] : boxes_) {
      if (!box.root.empty()) detach(box.root);
    }
    for (const auto& [name, volume] : volumes_) {
      if (volume.path.starts_with(dir_)) detach(volume.path);  // of medium Memory
    }
  }
  static void detach(const std::string& path) { ::umount2(path.c_str(), MNT_DETACH); }

  const Request& request_;
  Home home_;
  std::string dir_;
  Loop& loop_;
  std::map<std::string, Volume> volumes_;
  std::map<std::string, Box> boxes_;
  std::unique_ptr<ImageWait> wait_;
  std::unique_ptr<PodNetwork> network_;
  std::string auth_file_;
};

}  // namespace

std::unique_ptr<PodDriver> make_oci_driver(const Request& request, const std::string& pod_dir,
                                           Loop& loop) {
  return std::make_unique<OciDriver>(request, pod_dir, loop);
}

}  // namespace wf::local
