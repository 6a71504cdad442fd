// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs.h"

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "base/text.h"
#include "cli/flags.h"

namespace wf::cli {
namespace {

// By name.
std::span<const VerbEntry> all_verbs() {
  static const std::array kVerbs = {
      VerbEntry{"__complete", "", complete},
      VerbEntry{"cluster-template", "manipulate cluster workflow templates", nullptr, cluster_template_verbs()},
      VerbEntry{"completion", "output shell completion code for the specified shell (bash, zsh or fish)", completion},
      VerbEntry{"config", "manage ConfigMaps of the embedded store", nullptr, config_verbs()},
      VerbEntry{"convert", "convert workflow manifests from legacy format to current format", convert},
      VerbEntry{"cp", "copy artifacts from workflow", cp},
      VerbEntry{"cron", "manage cron workflows", nullptr, cron_verbs()},
      VerbEntry{"delete", "delete workflows", remove},
      VerbEntry{"doctor", "tell what this machine lacks to run workflows, and what mends it", doctor},
      VerbEntry{"engine", "", engine},
      VerbEntry{"get", "display details about a workflow", get},
      VerbEntry{"image", "images of containers on this machine", nullptr, image_verbs()},
      VerbEntry{"lint", "validate files or directories of manifests", lint},
      VerbEntry{"list", "list workflows", list},
      VerbEntry{"logs", "view logs of a pod or workflow", logs},
      VerbEntry{"node", "perform action on a node in a workflow", node},
      VerbEntry{"plan", "show what a workflow would run, without running it", plan},
      VerbEntry{"resubmit", "resubmit one or more workflows", resubmit},
      VerbEntry{"resume", "resume zero or more workflows (opposite of suspend)", resume},
      VerbEntry{"retry", "retry zero or more workflows", retry},
      VerbEntry{"secret", "manage Secrets of the embedded store", nullptr, secret_verbs()},
      VerbEntry{"server", "start the Argo Server", server},
      VerbEntry{"simulate", "run workflows against scripted outcomes under a virtual clock", simulate},
      VerbEntry{"stop", "stop zero or more workflows allowing all exit handlers to run", stop},
      VerbEntry{"submit", "submit a workflow", submit},
      VerbEntry{"suspend", "suspend zero or more workflows (opposite of resume)", suspend},
      VerbEntry{"system", "the engine of this machine and its disk", nullptr, system_verbs()},
      VerbEntry{"template", "manipulate workflow templates", nullptr, template_verbs()},
      VerbEntry{"terminate", "terminate zero or more workflows immediately", terminate},
      VerbEntry{"test", "run tests of workflows: scripted outcomes and what is expected", test},
      VerbEntry{"version", "print version information", version},
      VerbEntry{"wait", "waits for workflows to complete", wait},
      VerbEntry{"watch", "watch a workflow until it completes", watch},
  };
  return kVerbs;
}

const VerbEntry* find(std::span<const VerbEntry> among, std::string_view name) {
  for (const VerbEntry& verb : among) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

// Global flags that may stand before the verb, and whether the next word is their value.
bool takes_value(std::string_view flag) {
  for (const char* each : {"-n", "--namespace", "-s", "--argo-server", "--token", "-H", "--header", "--instanceid", "--driver",
                           "--argo-base-href", "--loglevel", "--log-format", "--kubeconfig", "--context"}) {
    if (flag == each) return true;
  }
  return false;
}

// Where the first word stands that is neither a flag nor the value of one; the end if there is none.
size_t verb_at(const std::vector<const char*>& words, size_t from) {
  for (size_t i = from; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word.size() < 2 || word[0] != '-') return i;
    if (takes_value(word)) ++i;
  }
  return words.size();
}

std::string usage(const std::string& command, std::string_view summary, std::span<const VerbEntry> among) {
  std::string out = cat(summary, "\n\nUsage:\n  ", command, " [command]\n\nAvailable Commands:\n");
  for (const VerbEntry& verb : among) {
    if (!verb.summary.empty()) out += cat("  ", verb.name, std::string(18 - std::min<size_t>(17, verb.name.size()), ' '), verb.summary, "\n");
  }
  return out + cat("\nUse \"", command, " [command] --help\" for more information about a command.\n");
}

bool asks_help(std::string_view word) { return word == "help" || word == "--help" || word == "-h"; }

int run_among(std::span<const VerbEntry> among, const std::string& command, std::string_view summary, std::vector<const char*> words) {
  const size_t at = verb_at(words, 0);
  if (at == words.size() || asks_help(words[at])) {
    // "help VERB" is "VERB --help".
    if (at + 1 < words.size()) {
      const VerbEntry* verb = find(among, words[at + 1]);
      if (verb != nullptr && verb->run != nullptr) return verb->run(std::array{words[at + 1], "--help"});
      if (verb != nullptr) return run_among(verb->verbs, cat(command, " ", verb->name), verb->summary, {"--help"});
    }
    for (const char* word : words) {
      if (word[0] == '-' && !asks_help(word) && !takes_value(word)) return fail(cat("unknown flag: ", word));
    }
    print(usage(command, summary, among));
    return 0;
  }
  const VerbEntry* verb = find(among, words[at]);
  if (verb == nullptr) {
    fail(cat("unknown command ", go_quote(words[at]), " for ", go_quote(command)));
    std::fprintf(stderr, "Run '%s --help' for usage.\n", command.c_str());
    return 1;
  }
  // The flags that stood before it follow it.
  const char* name = words[at];
  words.erase(words.begin() + static_cast<long>(at));
  if (verb->run == nullptr) return run_among(verb->verbs, cat(command, " ", name), verb->summary, std::move(words));
  words.insert(words.begin(), name);
  return verb->run(words);
}

}  // namespace

std::span<const VerbEntry> verbs() { return all_verbs(); }

int run(Arguments arguments) {
  return run_among(all_verbs(), "argo", "argo is the command line interface to Argo", {arguments.begin(), arguments.end()});
}

}  // namespace wf::cli
