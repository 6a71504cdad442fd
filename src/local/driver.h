// SPDX-License-Identifier: Apache-2.0
// local/driver.h: how one pod's containers run on this machine. The supervisor decides what runs
// when and what it means; a PodDriver makes the place, starts programs in it and reaches into it.
// Used by one supervisor, from one thread; dies with it.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/process.h"
#include "local/environment.h"
#include "local/loop.h"
#include "local/pod_plan.h"
#include "local/request.h"

namespace wf::local {

// Why a container waits, as Kubernetes says it: {"ErrImagePull", "…"}.
struct Waiting {
  std::string reason, message;
};

struct Launch {
  const ContainerPlan* plan = nullptr;
  Environment env;
  std::vector<std::string> command, args;  // $(NAME) expanded
  int stdout_fd = -1, stderr_fd = -1;
};

struct Ended {
  int exit_code = 0;
  std::string reason;   // Completed, Error, OOMKilled, StartError
  std::string message;  // the termination message
};

class PodDriver {
 public:
  virtual ~PodDriver() = default;
  // Volumes, network. An error keeps the pod from starting.
  virtual Result<void> prepare_pod() = 0;
  // Makes a container's image and root ready: `done` is called from the loop or before this
  // returns, `waiting` whenever there is something new to say meanwhile.
  virtual void prepare(const ContainerPlan& plan, std::function<void(const Waiting&)> waiting,
                       std::function<void(Result<void>)> done) = 0;
  // An error is a container that could not start (reason StartError).
  virtual Result<io::Process> start(const Launch& launch) = 0;
  // False: it cannot take a signal yet; ask again in a moment. SIGKILL always works.
  virtual bool signal(const ContainerPlan& plan, io::Process& process, int number) = 0;
  // After the process has ended: nothing of the container runs any more when this returns.
  virtual Ended ended(const ContainerPlan& plan, io::Process& process,
                      const io::ExitStatus& status) = 0;
  // Runs a program in a running container (probes, lifecycle hooks).
  virtual Result<io::Process> exec(const ContainerPlan& plan,
                                   const std::vector<std::string>& argv) = 0;
  // A file as the container sees it, whether it runs or has ended.
  virtual Result<io::Fd> open_file(const ContainerPlan& plan, const std::string& path) = 0;
  // `path` below `root`, whose links must not lead out of it.
  struct Place {
    std::string root, path;
  };
  // Where on the machine lies what the container has, or had, at a path.
  virtual Place place_of(const ContainerPlan& plan, const std::string& path) = 0;
  // Where an input artifact goes before the container starts.
  virtual Place place_of_input(const ContainerPlan& plan, const std::string& name,
                               const std::string& path) = 0;
  // Folder of a volume of the pod ("" where there is none of the name).
  virtual std::string volume(std::string_view name) = 0;
  virtual std::string pod_ip() = 0;
  // Ends everything, gives back mounts and folders.
  virtual void clean_up() = 0;
};

std::unique_ptr<PodDriver> make_process_driver(const Request& request, const std::string& pod_dir);
std::unique_ptr<PodDriver> make_oci_driver(const Request& request, const std::string& pod_dir,
                                           Loop& loop);

// The variable by which everything that a pod started is found again: kMarker=<uid of the pod>.
inline constexpr std::string_view kMarker = "ARGO_POD_UID";
// SIGKILLs every process that carries the marker of the pod, until none is left. Whether all went.
bool kill_marked(std::string_view uid);

}  // namespace wf::local
