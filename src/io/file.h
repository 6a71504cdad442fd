// SPDX-License-Identifier: Apache-2.0
// io/file.h: files as wholes, written so that a crash leaves either the old or the new one, and locks
// that die with their holder. Paths are the system's; errors name the path and the system's reason:
// NotFound, AlreadyExists, Forbidden, else Internal. Every function may be called from any thread.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/fd.h"

namespace wf::io {

// The Error of a failed system call: "<what> '<path>': <strerror>".
Error errno_error(int number, std::string_view what, std::string_view path = {});

enum class Durable { No, Yes };  // Yes: on disk when the call returns

Result<std::string> read_file(const std::string& path, uint64_t size_max = UINT64_MAX);
// Writes beside it and renames over it.
Result<void> write_file(const std::string& path, std::string_view data, mode_t mode = 0644,
                        Durable durable = Durable::Yes);
Result<void> write_all(int fd, std::string_view data);
Result<void> sync_directory(const std::string& path);
// The folder and those above it that are missing.
Result<void> make_directories(const std::string& path, mode_t mode = 0755);
// A file or a tree; that it is not there is no error.
Result<void> remove_tree(const std::string& path);
// Entries by name, sorted, without . and .. .
Result<std::vector<std::string>> list_directory(const std::string& path);
bool exists(const std::string& path);

// An exclusive flock(2) on a file that is created when missing. Held until destroyed or the process
// ends, however it ends; not inherited by programs that are started.
class FileLock {
 public:
  // std::nullopt where another process holds it.
  static Result<std::optional<FileLock>> try_acquire(const std::string& path);

 private:
  explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

// A fresh folder under $TMPDIR or /tmp, removed with all it holds when destroyed.
class TempDirectory {
 public:
  static Result<TempDirectory> create(std::string_view prefix = "wf");
  TempDirectory(TempDirectory&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  TempDirectory& operator=(TempDirectory&&) = delete;
  ~TempDirectory();
  const std::string& path() const { return path_; }

 private:
  explicit TempDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace wf::io
