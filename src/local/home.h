// SPDX-License-Identifier: Apache-2.0
// local/home.h: where things lie under $ARGO_HOME. Only names; nothing here touches the disk.
//   pods/<ns>/<pod>/   request.json claim status.json result.json stop.json, volumes, root
//   filesystems logs/<ns>/<pod>/   <container>.log; they outlive the pod images/            blobs,
//   layers, what each reference means volumes/<ns>/<claim>/   persistent volume claims artifacts/
//   the default artifact repository run/notify.sock    where supervisors say "look again at this
//   pod"
#pragma once
#include <string>
#include <string_view>

#include "base/text.h"

namespace wf::local {

class Home {
 public:
  explicit Home(std::string root) : root_(std::move(root)) {}
  const std::string& root() const { return root_; }
  std::string pods() const { return cat(root_, "/pods"); }
  std::string pod(std::string_view ns, std::string_view name) const {
    return cat(root_, "/pods/", ns, "/", name);
  }
  std::string logs(std::string_view ns, std::string_view pod) const {
    return cat(root_, "/logs/", ns, "/", pod);
  }
  std::string log(std::string_view ns, std::string_view pod, std::string_view container) const {
    return cat(logs(ns, pod), "/", container, ".log");
  }
  std::string images() const { return cat(root_, "/images"); }
  std::string claim(std::string_view ns, std::string_view name) const {
    return cat(root_, "/volumes/", ns, "/", name);
  }
  std::string artifacts() const { return cat(root_, "/artifacts"); }
  std::string run() const { return cat(root_, "/run"); }
  std::string trash() const { return cat(root_, "/trash"); }

 private:
  std::string root_;
};

// Files of one pod's folder.
inline constexpr std::string_view kRequestFile =
    "/request.json";  // written once, before anything runs
inline constexpr std::string_view kClaimFile =
    "/claim";  // the supervisor's pid; flocked while it lives
inline constexpr std::string_view kStatusFile = "/status.json";  // replaced at every change
inline constexpr std::string_view kResultFile = "/result.json";  // written once, at the end
inline constexpr std::string_view kStopFile =
    "/stop.json";  // {"graceSeconds"}: what terminate asked for

}  // namespace wf::local
