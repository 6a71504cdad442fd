// SPDX-License-Identifier: Apache-2.0
// argo completion: scripts for shells. They ask this program: `argo __complete WORD...` gives the words
// that may follow, one a line: verbs, flags (as --help lists them) and names of workflows.
#include <array>

#include "base/text.h"
#include "cli/client.h"

namespace wf::cli {
namespace {

constexpr std::string_view kBash = R"sh(# bash completion of argo:  source <(argo completion bash)
_argo() {
  local cur="${COMP_WORDS[COMP_CWORD]}" words
  words="$(argo __complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)"
  case "$cur" in
    -*) words="$(argo "${COMP_WORDS[@]:1:COMP_CWORD-1}" --help 2>/dev/null | grep -oE -- '--[a-z0-9-]+' | sort -u)" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$cur"))
}
complete -o filenames -F _argo argo
)sh";

constexpr std::string_view kZsh = R"sh(#compdef argo
# zsh completion of argo:  source <(argo completion zsh)
_argo() {
  local -a found
  if [[ "${words[CURRENT]}" == -* ]]; then
    found=(${(f)"$(argo ${words[2,CURRENT-1]} --help 2>/dev/null | grep -oE -- '--[a-z0-9-]+' | sort -u)"})
  else
    found=(${(f)"$(argo __complete ${words[2,CURRENT-1]} 2>/dev/null)"})
  fi
  compadd -a found || _files
}
compdef _argo argo
)sh";

constexpr std::string_view kFish = R"sh(# fish completion of argo:  argo completion fish | source
function __argo_words
  argo __complete (commandline -opc)[2..-1] 2>/dev/null
end
function __argo_flags
  argo (commandline -opc)[2..-1] --help 2>/dev/null | string match -ar -- '--[a-z0-9-]+' | sort -u
end
complete -c argo -f -a '(__argo_words)'
complete -c argo -n 'string match -q -- "-*" (commandline -ct)' -f -a '(__argo_flags)'
complete -c argo -n '__fish_seen_subcommand_from submit lint create update simulate test plan convert load' -F
)sh";

bool is_in(std::string_view word, std::span<const std::string_view> words) {
  for (const std::string_view each : words) {
    if (each == word) return true;
  }
  return false;
}

void list_verbs(std::span<const VerbEntry> among) {
  for (const VerbEntry& verb : among) {
    if (!verb.summary.empty()) print(cat(verb.name, "\n"));
  }
}

// Names are only known where an engine runs: pressing Tab starts none.
void list_workflow_names() {
  const Connection connection;
  if (!connection.is_remote() && !connection.engine_is_there()) return;
  auto client = Client::connect(connection);
  if (!client.ok()) return;
  const auto page = client->get(path("workflows", connection.ns()) + query({{"fields", "metadata,items.metadata.name"}}));
  if (!page.ok()) return;
  print("@latest\n");
  for (const json::Value& item : (*page)["items"].items()) print(cat(item["metadata"]["name"].as_string(), "\n"));
}

}  // namespace

int completion(Arguments arguments) {
  Flags flags("completion SHELL", "output shell completion code for the specified shell (bash, zsh or fish)");
  flags.example("  source <(argo completion bash)\n  source <(argo completion zsh)\n  argo completion fish | source");
  flags.operands(1, 1);
  if (const auto done = flags.parse(arguments)) return *done;
  const std::string& shell = flags.operands()[0];
  if (shell != "bash" && shell != "zsh" && shell != "fish") return fail(cat("invalid shell '", shell, "': must be one of bash, zsh, fish"));
  print(shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
  return 0;
}

int complete(Arguments arguments) {
  constexpr std::array<std::string_view, 13> kOfWorkflows{"get", "logs", "watch", "wait", "delete", "stop", "terminate", "suspend",
                                                         "resume", "retry", "resubmit", "cp", "set"};
  std::vector<std::string_view> words;
  for (const char* word : arguments.subspan(1)) {
    if (word[0] != '-') words.emplace_back(word);
  }
  std::span<const VerbEntry> among = verbs();
  for (size_t i = 0; i < words.size(); ++i) {
    const VerbEntry* found = nullptr;
    for (const VerbEntry& verb : among) {
      if (verb.name == words[i]) found = &verb;
    }
    if (found == nullptr) return 0;
    if (found->run != nullptr) {
      if (found->name == "node" && i + 1 == words.size()) print("set\n");
      else if (is_in(words.size() > i + 1 && found->name == "node" ? "set" : found->name, kOfWorkflows)) list_workflow_names();
      return 0;
    }
    among = found->verbs;
  }
  list_verbs(among);
  return 0;
}

}  // namespace wf::cli
