// SPDX-License-Identifier: Apache-2.0
#include "cli/manifests.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "base/text.h"

namespace wf::cli {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_all(std::FILE* file, const std::string& path) {
  std::string text;
  char buffer[1 << 16];
  for (size_t n; (n = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, n);
  if (std::ferror(file) != 0) return Error(cat("read ", path, ": ", std::strerror(errno)));
  return text;
}

Result<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (file == nullptr) {
    const auto code = errno == ENOENT ? Code::NotFound : Code::InvalidArgument;
    return Error(cat("open ", path, ": ",
                     errno == ENOENT ? "no such file or directory" : std::strerror(errno)),
                 code);
  }
  return read_all(file.get(), path);
}

bool is_manifest(const fs::path& path) {
  const std::string extension = path.extension().string();
  return path.string().rfind("/dev/", 0) == 0 || extension == ".yaml" || extension == ".yml" ||
         extension == ".json";
}

Result<void> walk(const std::string& path, std::vector<ManifestFile>& files) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status))
    return Error(cat("lstat ", path, ": no such file or directory"), Code::NotFound);
  if (fs::is_directory(status)) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path, error))
      names.push_back(entry.path().filename().string());
    if (error) return Error(cat("open ", path, ": ", error.message()));
    std::sort(names.begin(), names.end());
    for (const std::string& name : names)
      TRY_DO(walk(path == "." ? name : (fs::path(path) / name).string(), files));
    return {};
  }
  if (!is_manifest(path)) return {};
  TRY(std::string text, read_file(path));
  files.push_back({path, std::move(text)});
  return {};
}

}  // namespace

Result<std::vector<ManifestFile>> read_manifests(std::span<const std::string> paths) {
  std::vector<ManifestFile> files;
  for (const std::string& path : paths) {
    if (path == "-") {
      TRY(std::string text, read_all(stdin, "stdin"));
      files.push_back({"stdin", std::move(text)});
    } else {
      TRY_DO(walk(path, files));
    }
  }
  return files;
}

}  // namespace wf::cli
