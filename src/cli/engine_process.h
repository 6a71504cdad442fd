// SPDX-License-Identifier: Apache-2.0
// cli/engine_process.h: the engine of embedded mode: store, controller, local backend and API in one
// process, one per $ARGO_HOME (an exclusive lock sees to that). `argo server` is it in the foreground;
// verbs that need one start it in the background, in a session of its own.
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "local/request.h"

namespace wf::cli {

// $ARGO_HOME, else ~/.argo; absolute.
std::string argo_home();
std::string engine_socket(const std::string& home);

// "oci" or "process".
Result<local::Driver> driver_from(std::string_view name);
std::string_view name_of(local::Driver driver);
// What was chosen for this $ARGO_HOME: $ARGO_DRIVER, else what --driver said last, else oci.
Result<local::Driver> chosen_driver(const std::string& home);
// Keeps the choice.
Result<void> choose_driver(const std::string& home, local::Driver driver);

struct TcpAddress {
  std::string host;  // "": all
  int port = 2746;
  bool tls = true;   // with a certificate signed by itself
};
struct EngineOptions {
  std::string home;
  local::Driver driver = local::Driver::Oci;
  std::string config_file;            // the controller's ConfigMap; "": $ARGO_HOME/controller.yaml if there is one
  std::optional<TcpAddress> tcp;
  std::optional<Duration> idle_limit; // stops by itself after so long without anything to do
  std::string managed_namespace;
};
// Runs until SIGTERM, SIGINT or idleness. AlreadyExists where another process has the home.
Result<void> run_engine(const EngineOptions& options);

// Sees to it that an engine answers at the home's socket: starts one in the background where none
// runs. An error tells what it wrote before it died.
Result<void> ensure_engine(const std::string& home);
bool engine_runs(const std::string& home);

}  // namespace wf::cli
