// SPDX-License-Identifier: Apache-2.0
#include "io/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include "base/text.h"

namespace wf::io {
namespace {

std::string parent_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Unique among the threads and processes that write beside the same file.
std::string temporary_name(const std::string& path) {
  static std::atomic<uint64_t> counter{0};
  return cat(path, ".tmp-", static_cast<int64_t>(::getpid()), "-", counter.fetch_add(1));
}

}  // namespace

Error errno_error(int number, std::string_view what, std::string_view path) {
  Code code = Code::Internal;
  switch (number) {
    case ENOENT:
    case ENOTDIR: code = Code::NotFound; break;
    case EEXIST: code = Code::AlreadyExists; break;
    case EACCES:
    case EPERM: code = Code::Forbidden; break;
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE:
    case EHOSTUNREACH:
    case ENETUNREACH: code = Code::Unavailable; break;
    case ETIMEDOUT: code = Code::Timeout; break;
    default: break;
  }
  char buffer[128];
  const char* reason = ::strerror_r(number, buffer, sizeof buffer);
  if (path.empty()) return Error(cat(what, ": ", reason), code);
  return Error(cat(what, " '", path, "': ", reason), code);
}

Result<std::string> read_file(const std::string& path, uint64_t size_max) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno_error(errno, "reading", path);
  struct stat info {};
  std::string data;
  if (::fstat(fd.get(), &info) == 0 && info.st_size > 0) {
    if (static_cast<uint64_t>(info.st_size) > size_max) {
      return Error(cat("reading '", path, "': more than ", size_max, " bytes"));
    }
    data.reserve(static_cast<size_t>(info.st_size) + 1);
  }
  char buffer[64 * 1024];
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error(errno, "reading", path);
    if (got == 0) return data;
    data.append(buffer, static_cast<size_t>(got));
    if (data.size() > size_max) return Error(cat("reading '", path, "': more than ", size_max, " bytes"));
  }
}

Result<void> write_all(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t put = ::write(fd, data.data(), data.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno_error(errno, "writing");
    data.remove_prefix(static_cast<size_t>(put));
  }
  return {};
}

Result<void> write_file(const std::string& path, std::string_view data, mode_t mode, Durable durable) {
  const std::string temporary = temporary_name(path);
  {
    const Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!fd) return errno_error(errno, "creating", temporary);
    auto written = write_all(fd.get(), data);
    if (written.ok() && durable == Durable::Yes && ::fsync(fd.get()) != 0) {
      written = errno_error(errno, "syncing", temporary);
    }
    if (!written.ok()) {
      ::unlink(temporary.c_str());
      return std::move(written.error()).wrap(cat("writing '", path, "'"));
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int number = errno;
    ::unlink(temporary.c_str());
    return errno_error(number, "replacing", path);
  }
  if (durable == Durable::Yes) return sync_directory(parent_of(path));
  return {};
}

Result<void> sync_directory(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return errno_error(errno, "syncing", path);
  return {};
}

Result<void> make_directories(const std::string& path, mode_t mode) {
  if (path.empty() || path == "/" || path == ".") return {};
  if (::mkdir(path.c_str(), mode) == 0) return {};
  if (errno == ENOENT) {
    TRY_DO(make_directories(parent_of(path), mode));
    if (::mkdir(path.c_str(), mode) == 0) return {};
  }
  if (errno == EEXIST) {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return {};
    return errno_error(ENOTDIR, "creating folder", path);
  }
  return errno_error(errno, "creating folder", path);
}

Result<void> remove_tree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return errno_error(error.value(), "removing", path);
  return {};
}

Result<std::vector<std::string>> list_directory(const std::string& path) {
  struct Close {
    void operator()(DIR* d) const { ::closedir(d); }
  };
  const std::unique_ptr<DIR, Close> directory(::opendir(path.c_str()));
  if (!directory) return errno_error(errno, "listing", path);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

Result<std::optional<FileLock>> FileLock::try_acquire(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return errno_error(errno, "opening lock", path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<FileLock>();
    return errno_error(errno, "locking", path);
  }
  return std::optional<FileLock>(FileLock(std::move(fd)));
}

Result<TempDirectory> TempDirectory::create(std::string_view prefix) {
  const char* base = std::getenv("TMPDIR");
  std::string path = cat(base != nullptr && *base != '\0' ? base : "/tmp", "/", prefix, "-XXXXXX");
  if (::mkdtemp(path.data()) == nullptr) return errno_error(errno, "creating folder", path);
  return TempDirectory(std::move(path));
}

TempDirectory::~TempDirectory() {
  if (path_.empty()) return;
  // Nothing can be done about a leftover of a temporary folder.
  [[maybe_unused]] const auto removed = remove_tree(path_);
}

}  // namespace wf::io
