// SPDX-License-Identifier: Apache-2.0
#include "executor/in_root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "io/file.h"

namespace wf::executor {
namespace {

int open_at(int root, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how));
}

}  // namespace

std::string name_of(const io::Fd& fd) { return cat("/proc/self/fd/", fd.get()); }

Result<io::Fd> open_in_root(const std::string& root, const std::string& path, int flags) {
  const io::Fd base(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!base) return io::errno_error(errno, "open", root);
  io::Fd fd(open_at(base.get(), path.c_str(), flags));
  if (!fd) return io::errno_error(errno, "open", path);
  return fd;
}

Result<io::Fd> make_directory_in_root(const std::string& root, const std::string& path,
                                      unsigned mode) {
  const io::Fd base(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!base) return io::errno_error(errno, "open", root);
  std::string done = "/";
  io::Fd at(open_at(base.get(), "/", O_PATH | O_DIRECTORY));
  for (const std::string_view part : split(path, "/")) {
    if (part.empty() || part == ".") continue;
    const std::string next = cat(done, done == "/" ? "" : "/", part);
    io::Fd found(open_at(base.get(), next.c_str(), O_PATH | O_DIRECTORY));
    if (!found && errno == ENOENT) {
      if (::mkdirat(at.get(), std::string(part).c_str(), mode) != 0 && errno != EEXIST) {
        return io::errno_error(errno, "making", next);
      }
      found = io::Fd(open_at(base.get(), next.c_str(), O_PATH | O_DIRECTORY));
    }
    if (!found) return io::errno_error(errno, "making", next);
    at = std::move(found);
    done = next;
  }
  return at;
}

Result<io::Fd> make_file_in_root(const std::string& root, const std::string& path) {
  if (auto there = open_in_root(root, path, O_PATH); there.ok()) return there;
  const size_t slash = path.rfind('/');
  TRY(const io::Fd folder,
      make_directory_in_root(root, slash == std::string::npos ? "/" : path.substr(0, slash)));
  const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
  const io::Fd made(::openat(folder.get(), name.c_str(),
                             O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!made) return io::errno_error(errno, "making", path);
  return open_in_root(root, path, O_PATH);
}

}  // namespace wf::executor
