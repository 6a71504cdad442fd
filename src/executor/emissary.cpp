// SPDX-License-Identifier: Apache-2.0
// Kept small: it starts once for every container. Nothing here allocates between fork and exec but
// what was made before.
#include "executor/emissary.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace wf::executor {
namespace {

constexpr int kCannotStart = 64;
constexpr const char* kTerminationLog = "/dev/termination-log";

void put(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(fd, text.data(), text.size());
    if (done <= 0) return;
    text.remove_prefix(static_cast<size_t>(done));
  }
}

int complain(const std::string& message) {
  const int log =
      ::open(kTerminationLog, O_WRONLY | O_CLOEXEC);  // only where the container has one
  if (log >= 0) put(log, message);
  put(STDERR_FILENO, cat(message, "\n"));
  return kCannotStart;
}

bool is_program(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return false;
  if (S_ISDIR(info.st_mode)) {
    errno = EISDIR;
    return false;
  }
  return ::access(path.c_str(), X_OK) == 0;
}

// As Go's exec.LookPath: the program's path, or "" with `why` set.
std::string look_path(const std::string& name, std::string& why) {
  if (name.find('/') != std::string::npos) {
    if (is_program(name)) return name;
    why = errno == EACCES   ? "permission denied"
          : errno == EISDIR ? "is a directory"
                            : "no such file or directory";
    return {};
  }
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split(path ? path : "", ":")) {
    std::string candidate = cat(folder.empty() ? "." : folder, "/", name);
    if (is_program(candidate)) return candidate;
  }
  why = "executable file not found in $PATH";
  return {};
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> out;
  for (const std::string& word : words) out.push_back(const_cast<char*>(word.c_str()));
  out.push_back(nullptr);
  return out;
}

void leave_mark(const std::vector<std::string>& arguments) {
  constexpr std::string_view kFlag = "--started=";
  for (const std::string& word : arguments) {
    if (word == "--") return;
    if (!word.starts_with(kFlag)) continue;
    const int fd = ::open(word.c_str() + kFlag.size(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd >= 0) ::close(fd);
  }
}

[[noreturn]] void become(const std::string& program, char* const* argv, const sigset_t& mask,
                         int report) {
  ::setpgid(0, 0);
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  ::execv(program.c_str(), argv);
  const int reason = errno;
  (void)!::write(report, &reason, sizeof reason);
  ::_exit(kCannotStart);
}

int code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Until `child` has ended. Signals stay blocked and are taken one by one.
int supervise(pid_t child, const sigset_t& all) {
  while (true) {
    siginfo_t info;
    const int number = ::sigwaitinfo(&all, &info);
    if (number < 0) continue;
    if (number != SIGCHLD) {
      ::kill(-child, number);
      continue;
    }
    int status = 0;
    pid_t ended;
    while ((ended = ::waitpid(-1, &status, WNOHANG)) > 0) {
      if (ended == child) return code_of(status);
    }
  }
}

}  // namespace

int run_emissary(const std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  const std::vector<std::string> command(dashes == arguments.end() ? dashes : dashes + 1,
                                         arguments.end());
  if (command.empty()) return complain("no command was given");
  std::string why;
  const std::string program = look_path(command[0], why);
  if (program.empty())
    return complain(cat("failed to find name in PATH: exec: ", go_quote(command[0]), ": ", why));

  sigset_t all, before;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0)
    return complain(cat("failed to start command: ", std::strerror(errno)));
  const auto argv = pointers(command);
  const pid_t child = ::fork();
  if (child < 0)
    return complain(
        cat("failed to start command: fork/exec ", program, ": ", std::strerror(errno)));
  if (child == 0) become(program, argv.data(), before, report[1]);
  ::setpgid(child, child);  // whoever is first
  ::close(report[1]);
  int reason = 0;
  if (::read(report[0], &reason, sizeof reason) == sizeof reason) {
    std::string text = std::strerror(reason);
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
      text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return complain(cat("failed to start command: fork/exec ", program, ": ", text));
  }
  ::close(report[0]);
  leave_mark(arguments);
  return supervise(child, all);
}

}  // namespace wf::executor
