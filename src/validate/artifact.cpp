// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "spec/artifact_location.h"
#include "validate/detail/checks.h"

namespace wf::validate::detail {
namespace {

using json::Value;

void check_hdfs(Report& report, const Chain& chain, const At& at, const Value& hdfs,
                const std::string& p) {
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
    report.add(chain, at,
               cat("either ", p, ".hdfsUser, ", p, ".krbCCacheSecret or ", p,
                   ".krbKeytabSecret is required"));
  } else if (keytab && (!service || !set("krbUsername") || !set("krbRealm"))) {
    report.add(chain, at,
               cat(p, ".krbServicePrincipalName, ", p, ".krbConfigConfigMap, ", p,
                   ".krbUsername and ", p, ".krbRealm are required with ", p, ".krbKeytabSecret"));
  } else if (cache && !service) {
    report.add(chain, at,
               cat(p, ".krbServicePrincipalName and ", p, ".krbConfigConfigMap are required with ",
                   p, ".krbCCacheSecret"));
  }
}

}  // namespace

void check_artifact_location(Report& report, const Chain& chain, const At& at,
                             const Value& location, std::string_view prefix) {
  if (const Value* git = location.find("git");
      git != nullptr && (*git)["repo"].as_string().empty()) {
    const At git_at = at.in("git");
    report.add(chain, git_at, cat(prefix, ".git.repo is required"));
  }
  if (const Value* hdfs = location.find("hdfs")) {
    const At hdfs_at = at.in("hdfs");
    check_hdfs(report, chain, hdfs_at, *hdfs, cat(prefix, ".hdfs"));
  }
}

std::string path_problem(const Value& artifact) {
  const auto cleaned =
      spec::clean_artifact_path(artifact["name"].as_string(), artifact["path"].as_string());
  return cleaned.ok() ? "" : cleaned.error().message();
}

}  // namespace wf::validate::detail
