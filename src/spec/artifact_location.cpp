// SPDX-License-Identifier: Apache-2.0
#include "spec/artifact_location.h"

#include <array>
#include <vector>

#include "base/text.h"
#include "spec/url_path.h"

namespace wf::spec {
namespace {

constexpr std::array<std::string_view, 10> kDrivers = {"artifactory", "azure", "git", "gcs", "hdfs",
                                                       "http",        "oss",   "raw", "s3",  "plugin"};

Error not_configured() {
  return Error(
      "artifact storage is not configured; see the docs for setup instructions: "
      "https://argo-workflows.readthedocs.io/en/latest/configure-artifact-repository/");
}

// The member of a driver that is the key. "" where the key is a URL's path, or there is none.
std::string_view key_field(std::string_view driver) {
  if (driver == "azure") return "blob";
  if (driver == "hdfs") return "path";
  if (driver == "s3" || driver == "gcs" || driver == "oss" || driver == "plugin") return "key";
  return "";
}
bool has_url(std::string_view driver) { return driver == "http" || driver == "artifactory"; }

bool has_all(const json::Value& object, std::initializer_list<std::string_view> fields) {
  for (const auto field : fields) {
    if (object[field].as_string().empty()) return false;
  }
  return true;
}

}  // namespace

std::string_view location_driver(const json::Value& location) {
  for (const auto driver : kDrivers) {
    if (location[driver].is_object()) return driver;
  }
  return "";
}

bool has_location(const json::Value& location) {
  const auto driver = location_driver(location);
  const json::Value& at = location[driver];
  if (driver == "s3" || driver == "oss") return has_all(at, {"endpoint", "bucket", "key"});
  if (driver == "gcs") return has_all(at, {"bucket", "key"});
  if (driver == "azure") return has_all(at, {"endpoint", "container", "blob"});
  if (driver == "git") return has_all(at, {"repo"});
  if (driver == "http") return has_all(at, {"url"});
  if (driver == "artifactory") return has_all(at, {"url"}) && at["usernameSecret"].is_object();
  if (driver == "hdfs") return !at["addresses"].empty();
  if (driver == "plugin") return has_all(at, {"name", "configuration", "key"});
  return driver == "raw";
}

bool has_key(const json::Value& location) {
  const auto key = location_key(location);
  return key.ok() && !key->empty();
}

Result<std::string> location_key(const json::Value& location) {
  const auto driver = location_driver(location);
  if (driver.empty()) return not_configured();
  const json::Value& at = location[driver];
  if (has_url(driver)) return url_path(at["url"].as_string());
  if (driver == "git") return Error("key unsupported: git artifact does not have a key");
  if (driver == "raw") return Error("key unsupported: raw artifat does not have key");
  return std::string(at[key_field(driver)].as_string());
}

Result<void> set_location_key(json::Value& location, std::string_view key) {
  const auto driver = location_driver(location);
  if (driver.empty()) return not_configured();
  if (driver == "git") return Error("key unsupported: cannot set key on git artifact");
  if (driver == "raw") return Error("key unsupported: cannot set key for raw artifact");
  json::Value& at = location.at(driver);
  if (has_url(driver)) {
    TRY(const std::string url, url_with_path(at["url"].as_string(), key));
    at.set("url", url);
    return {};
  }
  const auto field = key_field(driver);
  // Where the key may be left out an empty one is.
  const bool required = driver == "azure" || driver == "hdfs";
  if (key.empty() && !required) {
    at.erase(field);
  } else {
    at.set(field, key);
  }
  return {};
}

Result<void> append_to_location_key(json::Value& location, std::string_view part) {
  TRY(const std::string key, location_key(location));
  return set_location_key(location, join_path(key, part));
}

Result<void> relocate(json::Value& location, const json::Value& repository) {
  if (has_location(location)) return {};
  if (!repository.is_object()) return Error("template artifact location not set");
  TRY(const std::string key, location_key(location));
  for (const auto driver : kDrivers) location.erase(driver);
  location.erase("archiveLogs");
  for (const json::Member& member : repository.members()) location.set(member.key(), member.value);
  return set_location_key(location, key);
}

std::string clean_path(std::string_view path) {
  if (path.empty()) return ".";
  const bool rooted = path.starts_with('/');
  std::vector<std::string> kept;
  for (const auto part : split(path, "/")) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.emplace_back(part);
    } else if (!kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else if (!rooted) {
      kept.emplace_back("..");
    }
  }
  const std::string joined = join(kept, "/");
  if (rooted) return "/" + joined;
  return joined.empty() ? "." : joined;
}

std::string join_path(std::string_view a, std::string_view b) {
  if (a.empty() && b.empty()) return "";
  if (a.empty()) return clean_path(b);
  if (b.empty()) return clean_path(a);
  return clean_path(cat(a, "/", b));
}

Result<std::string> clean_artifact_path(std::string_view artifact, std::string_view path) {
  if (path.empty()) return Error(cat("Artifact '", artifact, "' did not specify a path"), Code::Internal);
  std::string_view safe;
  const size_t up = path.find("/../");
  if (up != std::string_view::npos) {
    safe = path.substr(0, up);
  } else if (path.size() >= 3 && path[path.size() - 3] == '/') {
    // Argo means "/.." at the end, but takes any two characters there.
    safe = path.substr(0, path.size() - 3);
  }
  std::string cleaned = clean_path(path);
  const std::string inside = cat(safe, "/");
  if (!safe.empty() && (!cleaned.starts_with(inside) || cleaned.size() <= inside.size())) {
    return Error(cat("Artifact '", artifact,
                     "' attempted to use a path containing '..'. Directory traversal is not permitted"),
                 Code::Internal);
  }
  return cleaned;
}

}  // namespace wf::spec
