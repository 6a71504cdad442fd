// SPDX-License-Identifier: Apache-2.0
// argo server, and the engine in the background.
#include "base/text.h"
#include "cli/engine_process.h"
#include "cli/flags.h"
#include "io/file.h"

namespace wf::cli {
namespace {

constexpr Duration kIdleLimit = std::chrono::seconds(60);

}  // namespace

int server(Arguments arguments) {
  EngineOptions options;
  options.home = argo_home();
  TcpAddress tcp;
  std::optional<int64_t> port = tcp.port;
  std::string driver;
  Flags flags("server [flags]", "start the Argo Server: the engine of this machine in the foreground, with the REST API on a TCP port");
  flags.number("-p,--port", port, "Port to listen on; 0 lets the system choose");
  flags.flag("-e,--secure", tcp.tls, "Whether or not we should listen on TLS.");
  flags.text("--address", tcp.host, "address to listen on; all unless given");
  flags.text("--configmap", options.config_file, "file with the controller's ConfigMap; $ARGO_HOME/controller.yaml unless given");
  flags.text("--managed-namespace", options.managed_namespace, "namespace that is watched by the server");
  flags.text("--driver", driver, "how steps run: oci (containers) or process (no isolation); kept for the next time");
  flags.operands(0, 0);
  if (const auto done = flags.parse(arguments)) return *done;
  if (!driver.empty()) {
    const auto wanted = driver_from(driver);
    if (!wanted.ok()) return fail(wanted.error());
    const auto kept = choose_driver(options.home, *wanted);
    if (!kept.ok()) return fail(kept.error());
  }
  const auto chosen = chosen_driver(options.home);
  if (!chosen.ok()) return fail(chosen.error());
  options.driver = *chosen;
  tcp.port = static_cast<int>(port.value_or(2746));
  options.tcp = tcp;
  const auto run = run_engine(options);
  return run.ok() ? 0 : fail(run.error());
}

// What ensure_engine starts.
int engine(Arguments arguments) {
  EngineOptions options;
  std::string driver = "oci";
  Flags flags("engine [flags]", "the engine in the background: started by the verbs that need it");
  flags.text("--home", options.home, "$ARGO_HOME");
  flags.text("--driver", driver, "oci or process");
  if (const auto done = flags.parse(arguments)) return *done;
  if (options.home.empty()) options.home = argo_home();
  const auto chosen = driver_from(driver);
  if (!chosen.ok()) return fail(chosen.error());
  options.driver = *chosen;
  options.idle_limit = kIdleLimit;
  const auto run = run_engine(options);
  // Somebody else was faster: that one serves.
  if (!run.ok() && run.error().code() == Code::AlreadyExists) return 0;
  return run.ok() ? 0 : fail(run.error());
}

}  // namespace wf::cli
