// SPDX-License-Identifier: Apache-2.0
#include "podspec/paths.h"

#include <vector>

#include "base/text.h"

namespace wf::podspec {

std::string clean_path(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string_view> kept;
  for (const std::string_view part : split(path, "/")) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.push_back(part);
    } else if (!kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else if (!rooted) {
      kept.push_back(part);
    }
  }
  std::string out = rooted ? "/" : "";
  for (size_t i = 0; i < kept.size(); ++i) {
    if (i > 0) out += '/';
    out += kept[i];
  }
  return out.empty() ? "." : out;
}

std::string join_paths(std::string_view base, std::string_view path) {
  if (base.empty() && path.empty()) return "";
  if (base.empty()) return clean_path(path);
  if (path.empty()) return clean_path(base);
  return clean_path(cat(base, "/", path));
}

std::optional<std::string> path_within(std::string_view base, std::string_view target) {
  const std::string from = clean_path(base);
  const std::string to = clean_path(target);
  if (from == to) return ".";
  if (from.starts_with('/') != to.starts_with('/')) return std::nullopt;
  if (from == ".." || from.starts_with("../")) return std::nullopt;
  if (from == "." || from == "/") {
    const std::string rest = from == "/" ? to.substr(1) : to;
    if (rest == ".." || rest.starts_with("../")) return std::nullopt;
    return rest;
  }
  if (!to.starts_with(from) || to[from.size()] != '/') return std::nullopt;
  return to.substr(from.size() + 1);
}

Result<std::string> clean_artifact_path(const json::Value& artifact) {
  const std::string_view path = artifact["path"].as_string();
  const std::string_view name = artifact["name"].as_string();
  if (path.empty()) return Error(cat("Artifact '", name, "' did not specify a path"));
  // What comes before the first "/../", or before a last part of two letters, must not be left.
  std::string_view safe;
  if (const size_t at = path.find("/../"); at != std::string_view::npos) {
    safe = path.substr(0, at);
  } else if (path.size() >= 3 && path[path.size() - 3] == '/') {
    safe = path.substr(0, path.size() - 3);
  }
  std::string cleaned = clean_path(path);
  const std::string inside = cat(safe, "/");
  if (!safe.empty() && (!cleaned.starts_with(inside) || cleaned.size() <= inside.size())) {
    return Error(cat("Artifact '", name, "' attempted to use a path containing '..'. "
                     "Directory traversal is not permitted"));
  }
  return cleaned;
}

}  // namespace wf::podspec
