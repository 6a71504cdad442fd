// SPDX-License-Identifier: Apache-2.0
// argo version: of this program, and of the server that it talks to.
#include "cli/version.h"

#include "base/text.h"
#include "cli/client.h"
#include "cli/flags.h"

namespace wf::cli {
namespace {

#if defined(__x86_64__)
constexpr const char* kPlatform = "linux/amd64";
#elif defined(__aarch64__)
constexpr const char* kPlatform = "linux/arm64";
#else
constexpr const char* kPlatform = "linux/unknown";
#endif

std::string text_of(const json::Value& version, std::string_view who, bool short_form) {
  std::string text = cat(who, ": ", version["version"].as_string(), "\n");
  if (short_form) return text;
  for (const char* field : {"compiler", "platform"}) text += cat("  ", field, ": ", version[field].as_string(), "\n");
  return text;
}

}  // namespace

json::Value version_object() {
  return json::Value::object({{"version", kVersion},
                              {"buildDate", "1970-01-01T00:00:00Z"},
                              {"gitCommit", ""},
                              {"gitTag", kVersion},
                              {"gitTreeState", "clean"},
                              {"goVersion", ""},
                              {"compiler", cat("g++ ", __VERSION__)},
                              {"platform", kPlatform}});
}

int version(Arguments arguments) {
  bool short_form = false;
  Connection connection;
  Flags flags("version [flags]", "print version information");
  flags.flag("--short", short_form, "print just the version number");
  connection.declare(flags);
  flags.operands(0, 0);
  if (const auto done = flags.parse(arguments)) return *done;
  print(text_of(version_object(), "argo", short_form));
  // Asking must not start an engine.
  if (connection.is_remote() || connection.engine_is_there()) {
    auto client = Client::connect(connection);
    if (!client.ok()) return fail(client.error());
    const auto answer = client->get("/api/v1/version");
    if (!answer.ok()) return fail(answer.error());
    print(text_of(*answer, "argo-server", short_form));
  }
  if (!short_form) print(cat("  mode: ", connection.describe(), "\n"));
  return 0;
}

}  // namespace wf::cli
