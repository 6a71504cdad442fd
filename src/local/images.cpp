// SPDX-License-Identifier: Apache-2.0
#include "local/images.h"

#include "base/text.h"
#include "io/process.h"
#include "local/own_programs.h"
#include "local/pod_plan.h"

namespace wf::local {
namespace {

std::vector<std::string> texts(const json::Value& list) {
  std::vector<std::string> out;
  for (const json::Value& item : list.items()) out.emplace_back(item.as_string());
  return out;
}

Result<std::string> run_io(std::vector<std::string> words) {
  words.insert(words.begin(), own_program("argoexec-io"));
  io::Command command;
  command.argv = std::move(words);
  TRY(const io::CommandOutput output, io::run(command));
  if (output.status.code == 0) return output.out;
  const std::string_view said = trim(output.err);
  return Error(said.empty() ? cat("argoexec-io ended with code ", output.status.code)
                            : std::string(said));
}

}  // namespace

ImageCommand image_command(const Home& home, std::string_view image) {
  const auto found = find_image(home, image);
  if (!found) return {{std::string(kImageCommand)}, {}};
  ImageCommand command{texts(found->config["Entrypoint"]), texts(found->config["Cmd"])};
  // The pod builder takes neither for an image that cannot run; the driver will say so of this one.
  if (command.entrypoint.empty() && command.cmd.empty())
    command.entrypoint.emplace_back(kImageCommand);
  return command;
}

Result<std::vector<std::string>> load_image_file(const Home& home, const std::string& file,
                                                 const std::string& name) {
  std::vector<std::string> words{"load", home.root(), file};
  if (!name.empty()) words.push_back(name);
  TRY(const std::string text, run_io(std::move(words)));
  std::vector<std::string> out;
  for (const std::string_view line : split(text, "\n")) {
    if (!line.empty()) out.emplace_back(line);
  }
  return out;
}

Result<void> pull_image_now(const Home& home, const std::string& reference) {
  auto done = run_io({"pull", home.root(), reference, "always"});
  return done.ok() ? Result<void>() : Result<void>(std::move(done.error()));
}

}  // namespace wf::local
