// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <vector>

#include "base/text.h"
#include "validate/detail/checks.h"

namespace wf::validate::detail {
namespace {

using json::Value;

// The kinds in the order in which Argo looks for the one that is set.
constexpr std::array<std::string_view, 10> kKinds{"artifactory", "azure", "git", "gcs", "hdfs", "http", "oss", "raw", "s3", "plugin"};

// The path of a URL: what follows scheme and host.
std::string_view url_path(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  if (const size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  const size_t slash = url.find('/');
  return slash == std::string_view::npos ? std::string_view() : url.substr(slash);
}

bool all_set(const Value& location, std::initializer_list<std::string_view> fields) {
  for (const std::string_view field : fields) {
    if (location[field].as_string().empty()) return false;
  }
  return true;
}

bool has_location(std::string_view kind, const Value& location) {
  if (kind == "artifactory") return all_set(location, {"url"}) && location.has("usernameSecret");
  if (kind == "azure") return all_set(location, {"endpoint", "container", "blob"});
  if (kind == "git") return all_set(location, {"repo"});
  if (kind == "gcs") return all_set(location, {"bucket", "key"});
  if (kind == "hdfs") return !location["addresses"].empty();
  if (kind == "http") return all_set(location, {"url"});
  if (kind == "oss") return all_set(location, {"bucket", "endpoint", "key"});
  if (kind == "raw") return true;
  if (kind == "s3") return all_set(location, {"endpoint", "bucket", "key"});
  return all_set(location, {"name", "configuration", "key"});
}

bool has_key(std::string_view kind, const Value& location) {
  if (kind == "artifactory" || kind == "http") return !url_path(location["url"].as_string()).empty();
  if (kind == "azure") return all_set(location, {"blob"});
  if (kind == "hdfs") return all_set(location, {"path"});
  return kind != "git" && kind != "raw" && all_set(location, {"key"});
}

void check_hdfs(Report& report, const Chain& chain, const At& at, const Value& hdfs, const std::string& p) {
  const auto set = [&](std::string_view field) { return !hdfs[field].as_string().empty(); };
  const bool cache = hdfs.has("krbCCacheSecret"), keytab = hdfs.has("krbKeytabSecret");
  const bool service = set("krbServicePrincipalName") && hdfs.has("krbConfigConfigMap");
  if (hdfs["addresses"].empty()) {
    report.add(chain, at, cat(p, ".addresses is required"));
  } else if (!set("path")) {
    report.add(chain, at, cat(p, ".path is required"));
  } else if (hdfs["path"].as_string()[0] != '/') {
    const At path_at = at.in("path");
    report.add(chain, path_at, cat(p, ".path must be a absolute file path"));
  } else if (!set("hdfsUser") && !cache && !keytab) {
    report.add(chain, at, cat("either ", p, ".hdfsUser, ", p, ".krbCCacheSecret or ", p, ".krbKeytabSecret is required"));
  } else if (keytab && (!service || !set("krbUsername") || !set("krbRealm"))) {
    report.add(chain, at, cat(p, ".krbServicePrincipalName, ", p, ".krbConfigConfigMap, ", p, ".krbUsername and ", p,
                              ".krbRealm are required with ", p, ".krbKeytabSecret"));
  } else if (cache && !service) {
    report.add(chain, at, cat(p, ".krbServicePrincipalName and ", p, ".krbConfigConfigMap are required with ", p, ".krbCCacheSecret"));
  }
}

// Go's filepath.Clean.
std::string clean_path(std::string_view path) {
  const bool rooted = !path.empty() && path[0] == '/';
  std::vector<std::string> parts;
  for (const std::string_view part : split(path, "/")) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.emplace_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!rooted) {
      parts.emplace_back("..");
    }
  }
  const std::string joined = cat(rooted ? "/" : "", join(parts, "/"));
  return joined.empty() ? "." : joined;
}

}  // namespace

bool has_location_or_key(const Value& artifact) {
  for (const std::string_view kind : kKinds) {
    if (const Value* location = artifact.find(kind)) return has_location(kind, *location) || has_key(kind, *location);
  }
  return false;
}

void check_artifact_location(Report& report, const Chain& chain, const At& at, const Value& location, std::string_view prefix) {
  if (const Value* git = location.find("git"); git != nullptr && (*git)["repo"].as_string().empty()) {
    const At git_at = at.in("git");
    report.add(chain, git_at, cat(prefix, ".git.repo is required"));
  }
  if (const Value* hdfs = location.find("hdfs")) {
    const At hdfs_at = at.in("hdfs");
    check_hdfs(report, chain, hdfs_at, *hdfs, cat(prefix, ".hdfs"));
  }
}

// What stands before the first "/../" (or a final "/..", where any two characters count as the
// dots) must not be left.
std::string path_problem(const Value& artifact) {
  const std::string_view path = artifact["path"].as_string(), name = artifact["name"].as_string();
  if (path.empty()) return cat("Artifact '", name, "' did not specify a path");
  std::string_view safe;
  if (const size_t dots = path.find("/../"); dots != std::string_view::npos) {
    safe = path.substr(0, dots);
  } else if (path.size() >= 3 && path[path.size() - 3] == '/') {
    safe = path.substr(0, path.size() - 3);
  }
  const std::string cleaned = clean_path(path), within = cat(safe, "/");
  if (safe.empty() || (cleaned.rfind(within, 0) == 0 && cleaned.size() > within.size())) return "";
  return cat("Artifact '", name, "' attempted to use a path containing '..'. Directory traversal is not permitted");
}

}  // namespace wf::validate::detail
