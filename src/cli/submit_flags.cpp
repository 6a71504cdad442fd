// SPDX-License-Identifier: Apache-2.0
#include "cli/submit_flags.h"

#include <sys/stat.h>

#include "base/text.h"
#include "cli/manifests.h"
#include "io/file.h"
#include "io/http_client.h"
#include "spec/parse.h"

namespace wf::cli {
namespace {

bool is_url(std::string_view path) { return path.starts_with("http://") || path.starts_with("https://"); }

Result<std::string> read_url(const std::string& address) {
  TRY(const io::Url url, io::parse_url(address));
  io::HttpClientOptions options;
  options.redirects_max = 10;
  options.proxy = io::proxy_from_environment(url);
  io::HttpClient client(options);
  io::HttpCall call;
  call.url = address;
  TRY(const io::HttpResponse response, client.send(call));
  if (response.status != 200) return Error(cat("get ", address, ": ", response.status, " ", io::reason_phrase(response.status)), Code::NotFound);
  return response.body;
}

Result<std::string> read_one(const std::string& path) {
  if (is_url(path)) return read_url(path);
  auto text = io::read_file(path);
  if (!text.ok() && text.error().code() == Code::NotFound) return Error(cat("open ", path, ": no such file or directory"), Code::NotFound);
  return text;
}

bool is_folder(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

json::Value list_of(const std::vector<std::string>& texts) {
  json::Value list = json::Value::array();
  for (const std::string& text : texts) list.push_back(text);
  return list;
}

}  // namespace

void SubmitFlags::declare(Flags& flags, bool with_dry_run) {
  flags.text("--name", options.name, "override metadata.name");
  flags.text("--generate-name", options.generate_name, "override metadata.generateName");
  flags.text("--entrypoint", options.entrypoint, "override entrypoint");
  flags.texts("-p,--parameter", options.parameters, "pass an input parameter");
  flags.text("--serviceaccount", options.service_account, "run all pods in the workflow using specified serviceaccount");
  flags.text("-f,--parameter-file", parameter_file, "pass a file containing all input parameters");
  flags.text("-l,--labels", options.labels, "Comma separated labels to apply to the workflow. Will override previous values.");
  if (!with_dry_run) return;
  flags.flag("--dry-run", options.dry_run, "modify the workflow on the client-side without creating it");
  flags.flag("--server-dry-run", options.server_dry_run, "send request to server with dry-run flag which will modify the workflow without creating it");
}

Result<void> SubmitFlags::complete() {
  if (parameter_file.empty()) return {};
  TRY(const std::string text, read_one(parameter_file));
  TRY(std::vector<std::string> parameters, engine::parameters_of_file(text));
  for (const std::string& given : options.parameters) {
    const std::string prefix = given.substr(0, given.find('=') + 1);
    std::erase_if(parameters, [&](const std::string& each) { return each.starts_with(prefix); });
  }
  options.parameters.insert(options.parameters.end(), parameters.begin(), parameters.end());
  return {};
}

json::Value SubmitFlags::to_json() const {
  json::Value out = json::Value::object();
  const auto put = [&](const char* field, const std::string& text) {
    if (!text.empty()) out.set(field, text);
  };
  put("name", options.name);
  put("generateName", options.generate_name);
  put("entryPoint", options.entrypoint);
  if (!options.parameters.empty()) out.set("parameters", list_of(options.parameters));
  put("serviceAccount", options.service_account);
  if (options.dry_run) out.set("dryRun", true);
  if (options.server_dry_run) out.set("serverDryRun", true);
  put("labels", options.labels);
  put("annotations", options.annotations);
  if (options.priority) out.set("priority", *options.priority);
  return out;
}

Result<std::vector<Given>> read_given(const std::vector<std::string>& paths) {
  std::vector<Given> files;
  for (const std::string& path : paths) {
    if (path == "-" || is_folder(path)) {
      TRY(std::vector<ManifestFile> found, read_manifests({&path, 1}));
      for (ManifestFile& file : found) files.push_back({std::move(file.path), std::move(file.text)});
    } else {
      TRY(std::string text, read_one(path));
      files.push_back({path, std::move(text)});
    }
  }
  return files;
}

Result<std::vector<json::Value>> objects_of_kind(const std::vector<Given>& files, std::string_view kind, bool strict) {
  std::vector<json::Value> objects;
  for (const Given& file : files) {
    for (spec::Parsed& parsed : spec::parse_objects(file.text, strict ? spec::Strictness::Strict : spec::Strictness::Lenient)) {
      if (parsed.error) return std::move(*parsed.error).wrap(cat("Failed to parse ", file.name));
      if (parsed.type == kind) objects.push_back(std::move(parsed.object));
    }
  }
  return objects;
}

}  // namespace wf::cli
