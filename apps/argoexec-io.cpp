// SPDX-License-Identifier: Apache-2.0
// argoexec-io: what argoexec leaves to a process of its own because it needs libraries and time:
// bringing images to this machine, and artifacts into and out of pods.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "io/file.h"
#include "json/text.h"
#include "local/artifact_jobs.h"
#include "local/image_import.h"

namespace {

using wf::local::Home;

void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

int complain(const wf::Error& error) {
  std::fprintf(stderr, "%s\n", error.message().c_str());
  return 1;
}

// pull HOME REFERENCE always|missing [AUTHFILE]
int pull(const std::vector<std::string>& words) {
  const wf::local::PullRequest request{words[1], words[2] == "always",
                                       words.size() > 3 ? words[3] : ""};
  const auto pulled = wf::local::pull_image(Home(words[0]), request, say);
  return pulled.ok() ? 0 : complain(pulled.error());
}

// load HOME FILE [NAME]
int load(const std::vector<std::string>& words) {
  const auto loaded = wf::local::load_images(
      Home(words[0]), words[1], words.size() > 2 ? words[2] : "", [](const std::string&) {});
  if (!loaded) return complain(loaded.error());
  for (const auto& image : *loaded) say(image.reference);
  return 0;
}

// load-artifacts IN OUT, save-artifacts IN OUT: a supervisor's jobs, as documents
int job(const std::string& verb, const std::vector<std::string>& words) {
  const auto done = [&]() -> wf::Result<void> {
    TRY(const std::string text, wf::io::read_file(words[0]));
    TRY(const wf::json::Value document, wf::json::parse(text));
    TRY(const wf::json::Value answer, verb == "load-artifacts"
                                          ? wf::local::load_artifacts_job(document)
                                          : wf::local::save_artifacts_job(document));
    return wf::io::write_file(words[1], wf::json::print(answer), 0600, wf::io::Durable::No);
  }();
  return done.ok() ? 0 : complain(done.error());
}

int run(const std::string& verb, const std::vector<std::string>& words) {
  if (verb == "pull" && (words.size() == 3 || words.size() == 4)) return pull(words);
  if (verb == "load" && (words.size() == 2 || words.size() == 3)) return load(words);
  if ((verb == "load-artifacts" || verb == "save-artifacts") && words.size() == 2)
    return job(verb, words);
  std::fputs(
      "usage: argoexec-io pull HOME REFERENCE always|missing [AUTHFILE]\n"
      "       argoexec-io load HOME FILE [NAME]\n",
      stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) try {
  return run(argc > 1 ? argv[1] : "",
             std::vector<std::string>(argv + (argc > 1 ? 2 : 1), argv + argc));
} catch (const std::exception& error) {
  std::fprintf(stderr, "argoexec-io: %s\n", error.what());
  return 70;
}
