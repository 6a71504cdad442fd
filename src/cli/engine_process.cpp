// SPDX-License-Identifier: Apache-2.0
#include "cli/engine_process.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <ctime>

#include "api/server.h"
#include "base/text.h"
#include "cli/artifact_files.h"
#include "cli/simulation_input.h"
#include "cli/version.h"
#include "control/controller.h"
#include "executor/artifact_store.h"
#include "io/file.h"
#include "io/http_server.h"
#include "io/system.h"
#include "local/backend.h"
#include "local/home.h"
#include "local/images.h"
#include "store/sqlite_store.h"

namespace wf::cli {
namespace {

constexpr int kWorkers = 4;
constexpr auto kLookAround = std::chrono::milliseconds(250);

// Blocks what ends the engine in all its threads, so that one place waits for it.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    ::signal(SIGHUP, SIG_IGN);
    ::signal(SIGPIPE, SIG_IGN);
  }
  // Whether one came within `limit`.
  bool wait(Duration limit) const {
    const timespec time{0, static_cast<long>(limit.count())};
    return ::sigtimedwait(&set_, nullptr, &time) > 0;
  }

 private:
  sigset_t set_;
};

Result<podspec::Controller> controller_settings(const EngineOptions& options) {
  std::string file = options.config_file;
  if (file.empty() && io::exists(options.home + "/controller.yaml")) file = options.home + "/controller.yaml";
  podspec::Controller settings;
  TRY(settings.config, read_controller_config(file));
  if (settings.config.artifact_repository().empty()) {
    json::Value document = settings.config.settings();
    document.set("artifactRepository", executor::embedded_repository());
    TRY(settings.config, config::ControllerConfig::from_settings(std::move(document)));
  }
  settings.lookups.image = [home = local::Home(options.home)](std::string_view image) -> Result<podspec::ImageCommand> {
    local::ImageCommand command = local::image_command(home, image);
    return podspec::ImageCommand{std::move(command.entrypoint), std::move(command.cmd)};
  };
  return settings;
}

Result<std::unique_ptr<local::LocalBackend>> open_backend(const EngineOptions& options, store::ObjectStore& store) {
  local::Options backend;
  backend.home = options.home;
  backend.driver = options.driver;
  backend.lookup = [&store](std::string_view kind, std::string_view ns, std::string_view name) {
    auto object = store.get({std::string(kind), std::string(ns), std::string(name)});
    return object.ok() ? std::move(*object) : json::Value();
  };
  return local::LocalBackend::open(std::move(backend));
}

Result<void> listen(io::HttpServer& server, const EngineOptions& options) {
  TRY_DO(server.listen_unix(engine_socket(options.home)));
  if (!options.tcp) return {};
  std::shared_ptr<io::TlsContext> tls;
  if (options.tcp->tls) {
    TRY(const io::KeyPair pair, io::self_signed("localhost"));
    TRY(tls, io::TlsContext::server(pair.certificate_pem, pair.key_pem));
  }
  const std::string host = options.tcp->host.empty() ? "0.0.0.0" : options.tcp->host;
  TRY(const int port, server.listen_tcp(host, options.tcp->port, tls));
  std::printf("Argo Server listening on %s://%s:%d, and on %s\n", tls ? "https" : "http",
              host == "0.0.0.0" ? "localhost" : host.c_str(), port, engine_socket(options.home).c_str());
  std::fflush(stdout);
  return {};
}

void wait_for_end(const StopSignals& signals, const EngineOptions& options, const control::Controller& controller,
                  const io::HttpServer& server) {
  auto last_work = std::chrono::steady_clock::now();
  while (!signals.wait(kLookAround)) {
    if (!options.idle_limit) continue;
    const auto now = std::chrono::steady_clock::now();
    if (server.busy() > 0 || !controller.idle()) last_work = now;
    if (now - last_work >= *options.idle_limit) return;
  }
}

}  // namespace

Result<void> run_engine(const EngineOptions& options) {
  const StopSignals signals;
  TRY_DO(io::make_directories(options.home, 0700));
  TRY(const auto lock, io::FileLock::try_acquire(options.home + "/engine.lock"));
  if (!lock) return Error(cat("an engine already runs for ", options.home), Code::AlreadyExists);

  TRY_DO(io::write_file(options.home + "/engine.pid", cat(::getpid(), "\n"), 0600, io::Durable::No));

  const io::SystemClock clock;
  io::SystemRandom random;
  TRY(const podspec::Controller settings, controller_settings(options));
  TRY(const auto store, store::open_sqlite_store(options.home + "/argo.db", clock, random));
  TRY(const auto backend, open_backend(options, *store));
  control::Controller controller(*store, *backend, clock, random, settings,
                                 delete_embedded_artifacts(local::Home(options.home).artifacts()));
  TRY_DO(controller.start());

  api::Services services{.store = *store,
                         .operations = controller.operations(),
                         .clock = clock,
                         .config = settings.config,
                         .version = version_object(),
                         .managed_namespace = options.managed_namespace,
                         .open_artifact = open_embedded_artifacts(local::Home(options.home).artifacts()),
                         .metrics = [&controller] { return controller.metrics(); },
                         .authorize = {}};
  io::HttpServer server([&services](const io::HttpRequest& request) { return api::handle(services, request); });
  TRY_DO(listen(server, options));
  controller.run(kWorkers);
  TRY_DO(server.start());
  wait_for_end(signals, options, controller, server);
  server.stop();
  controller.stop();
  return {};
}

}  // namespace wf::cli
