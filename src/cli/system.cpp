// SPDX-License-Identifier: Apache-2.0
// argo system …: the engine of this machine, its store and its disk.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <set>
#include <thread>

#include "base/text.h"
#include "cli/client.h"
#include "cli/engine_process.h"
#include "executor/artifact_store.h"
#include "io/file.h"
#include "local/home.h"
#include "local/image_store.h"
#include "print/columns.h"

namespace wf::cli {
namespace {

namespace fs = std::filesystem;

// Bytes on disk of a file or tree; links are not followed.
uint64_t size_of(const std::string& root) {
  uint64_t bytes = 0;
  std::error_code error;
  struct stat status{};
  if (::lstat(root.c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) return static_cast<uint64_t>(status.st_blocks) * 512;
  for (fs::recursive_directory_iterator it(root, fs::directory_options::skip_permission_denied, error), end; !error && it != end; it.increment(error)) {
    if (::lstat(it->path().c_str(), &status) == 0) bytes += static_cast<uint64_t>(status.st_blocks) * 512;
  }
  return bytes;
}

std::string human(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double amount = static_cast<double>(bytes);
  size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < std::size(kUnits); ++unit) amount /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", amount, kUnits[unit]);
  return text;
}

int df(Arguments arguments) {
  Flags flags("system df", "show what takes how much of the disk under $ARGO_HOME");
  flags.operands(0, 0);
  if (const auto done = flags.parse(arguments)) return *done;
  const local::Home home(argo_home());
  const std::pair<const char*, uint64_t> rows[] = {
      {"workflows and other objects", size_of(home.root() + "/argo.db") + size_of(home.root() + "/argo.db-wal")},
      {"pods", size_of(home.pods())},
      {"logs", size_of(home.root() + "/logs")},
      {"artifacts", size_of(home.artifacts())},
      {"images", size_of(home.images())},
      {"volumes", size_of(home.root() + "/volumes")},
  };
  std::string table = "WHAT\tSIZE\n";
  uint64_t total = 0;
  for (const auto& [what, bytes] : rows) {
    table += cat(what, "\t", human(bytes), "\n");
    total += bytes;
  }
  print(print::aligned(table + cat("total\t", human(total), "\n"), 3));
  return 0;
}

int backup(Arguments arguments) {
  Connection connection;
  Flags flags("system backup FILE", "copy the live store into a new file");
  connection.declare(flags);
  flags.operands(1, 1);
  if (const auto done = flags.parse(arguments)) return *done;
  const std::string file = fs::absolute(flags.operands()[0]).lexically_normal().string();
  if (io::exists(file)) return fail(cat(file, " exists already"));
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const auto copied = client->post("/api/v1/system/backup", json::Value::object({{"file", file}}));
  if (!copied.ok()) return fail(copied.error());
  print(cat("store copied to ", file, " (", human(size_of(file)), ")\n"));
  return 0;
}

// Logs of pods that belong to no workflow any more.
Result<uint64_t> prune_logs(Client& client, const local::Home& home, bool dry_run) {
  TRY(const json::Value page, client.get("/api/v1/workflows/" + query({{"fields", "metadata,items.metadata"}})));
  std::set<std::string> names;
  for (const json::Value& workflow : page["items"].items()) {
    names.insert(cat(workflow["metadata"]["namespace"].as_string(), "/", workflow["metadata"]["name"].as_string()));
  }
  const auto is_owned = [&](const std::string& ns, const std::string& pod) {
    // A pod is called as its workflow, or begins so.
    for (size_t dash = pod.find('-'); dash != std::string::npos; dash = pod.find('-', dash + 1)) {
      if (names.contains(cat(ns, "/", pod.substr(0, dash)))) return true;
    }
    return names.contains(cat(ns, "/", pod));
  };
  uint64_t bytes = 0;
  const std::string root = home.root() + "/logs";
  if (!io::exists(root)) return bytes;
  TRY(const std::vector<std::string> namespaces, io::list_directory(root));
  for (const std::string& ns : namespaces) {
    TRY(const std::vector<std::string> pods, io::list_directory(cat(root, "/", ns)));
    for (const std::string& pod : pods) {
      if (is_owned(ns, pod)) continue;
      bytes += size_of(home.logs(ns, pod));
      if (!dry_run) TRY_DO(io::remove_tree(home.logs(ns, pod)));
    }
  }
  return bytes;
}

// Layers that no image is made of.
Result<uint64_t> prune_layers(const local::Home& home, bool dry_run) {
  std::set<std::string> used;
  for (const local::ImageRecord& image : local::list_images(home)) used.insert(image.layers.begin(), image.layers.end());
  uint64_t bytes = 0;
  const std::string root = local::layers_directory(home);
  if (!io::exists(root)) return bytes;
  TRY(const std::vector<std::string> layers, io::list_directory(root));
  for (const std::string& layer : layers) {
    if (used.contains(layer)) continue;
    bytes += size_of(cat(root, "/", layer));
    if (!dry_run) TRY_DO(io::remove_tree(cat(root, "/", layer)));
  }
  return bytes;
}

Result<void> run_prune(const Connection& connection, bool dry_run) {
  TRY(Client client, Client::connect(connection));
  const local::Home home(argo_home());
  TRY(const json::Value running, client.get("/api/v1/workflows/" + query({{"listOptions.labelSelector", "workflows.argoproj.io/completed!=true"},
                                                                         {"fields", "metadata,items.metadata"}})));
  TRY(const uint64_t logs, prune_logs(client, home, dry_run));
  std::string table = cat("logs\t", human(logs), "\n");
  // What a running step may be about to use stays.
  if (running["items"].empty()) {
    TRY(const uint64_t layers, prune_layers(home, dry_run));
    table += cat("image layers\t", human(layers), "\n");
    if (!dry_run) {
      TRY(const uint64_t contents, executor::ArtifactStore(home.artifacts()).sweep());
      table += cat("artifacts\t", human(contents), "\n");
    }
  } else {
    std::fprintf(stderr, "Workflows are running: image layers and artifacts are left alone.\n");
  }
  print(print::aligned(cat(dry_run ? "WOULD FREE\tSIZE\n" : "FREED\tSIZE\n", table), 3));
  return {};
}

int prune(Arguments arguments) {
  bool dry_run = false;
  Connection connection;
  Flags flags("system prune [flags]", "remove logs, image layers and artifacts that belong to nothing any more");
  flags.flag("--dry-run", dry_run, "tell what would go");
  connection.declare(flags);
  flags.operands(0, 0);
  if (const auto done = flags.parse(arguments)) return *done;
  if (connection.is_remote()) return fail("only the disk of this machine can be pruned: leave out --argo-server");
  const auto pruned = run_prune(connection, dry_run);
  return pruned.ok() ? 0 : fail(pruned.error());
}

// The process that has the lock, as the kernel knows it; 0 for none.
pid_t engine_pid(const std::string& home) {
  const io::Fd file(::open((home + "/engine.pid").c_str(), O_RDONLY | O_CLOEXEC));
  char text[32] = {};
  if (!file || ::read(file.get(), text, sizeof text - 1) <= 0) return 0;
  const pid_t pid = static_cast<pid_t>(std::strtol(text, nullptr, 10));
  return pid > 1 && ::kill(pid, 0) == 0 ? pid : 0;
}

int stop_engine(Arguments arguments) {
  Flags flags("system stop", "stop the engine of this machine; workflows go on when the next verb starts it again");
  flags.operands(0, 0);
  if (const auto done = flags.parse(arguments)) return *done;
  const std::string home = argo_home();
  const pid_t pid = engine_runs(home) ? engine_pid(home) : 0;
  if (pid == 0) {
    print("no engine runs\n");
    return 0;
  }
  if (::kill(pid, SIGTERM) != 0) return fail(io::errno_error(errno, "stop the engine"));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (::kill(pid, 0) == 0 && engine_runs(home)) {
    if (std::chrono::steady_clock::now() > deadline) return fail(cat("the engine (process ", pid, ") does not stop"));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  print("engine stopped\n");
  return 0;
}

constexpr std::array kVerbs = {
    VerbEntry{"backup", "copy the live store into a new file", backup},
    VerbEntry{"df", "show what takes how much of the disk", df},
    VerbEntry{"prune", "remove what belongs to nothing any more", prune},
    VerbEntry{"stop", "stop the engine of this machine", stop_engine},
};

}  // namespace

std::span<const VerbEntry> system_verbs() { return kVerbs; }

}  // namespace wf::cli
