// SPDX-License-Identifier: Apache-2.0
// Downloads of artifacts. Errors are plain texts, as Argo's artifact server gives them.
#include "api/call.h"
#include "base/text.h"
#include "store/kinds.h"

namespace wf::api {
namespace {

io::HttpResponse plain_error(const Error& error) {
  io::HttpResponse response;
  response.status = status_of(error.code()).http;
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  response.body = cat(error.message(), "\n");
  return response;
}

std::string_view content_type(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"}, {".txt", "text/plain; charset=utf-8"}, {".log", "text/plain; charset=utf-8"},
      {".json", "application/json"},         {".xml", "text/xml; charset=utf-8"},    {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"}, {".png", "image/png"},              {".jpg", "image/jpeg"},
      {".svg", "image/svg+xml"},             {".pdf", "application/pdf"},            {".gz", "application/gzip"},
      {".tgz", "application/gzip"},          {".zip", "application/zip"},
  };
  for (const auto& [suffix, type] : kTypes) {
    if (name.ends_with(suffix)) return type;
  }
  return "application/octet-stream";
}

// The artifact of a node, from its inputs or outputs.
Result<json::Value> artifact_of(const json::Value& workflow, std::string_view node_id, std::string_view direction,
                                std::string_view name) {
  const json::Value* node = workflow["status"]["nodes"].find(node_id);
  if (node == nullptr) return Error(cat("node '", node_id, "' not found"), Code::NotFound);
  for (const json::Value& artifact : (*node)[direction]["artifacts"].items()) {
    if (artifact["name"].as_string() == name) return artifact;
  }
  return Error(cat("artifact '", name, "' not found among the ", direction, " of node '", node_id, "'"), Code::NotFound);
}

io::HttpResponse download(ArtifactBody body) {
  io::HttpResponse response;
  response.headers.set("Content-Type", content_type(body.name));
  response.headers.set("Content-Disposition", cat("filename=\"", replace_all(body.name, "\"", "%22"), "\""));
  response.headers.set("Content-Security-Policy", "sandbox; base-uri 'none'; default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'");
  response.headers.set("X-Frame-Options", "SAMEORIGIN");
  response.stream = [read = std::move(body.read)](io::BodyWriter& out) {
    std::vector<char> buffer(256 * 1024);
    for (;;) {
      const auto got = read(buffer);
      // A body cut short has no last chunk: the client sees that it is not whole.
      if (!got.ok()) throw Bug(got.error().message());
      if (*got == 0 || !out.write(std::string_view(buffer.data(), *got))) return;
    }
  };
  return response;
}

Result<io::HttpResponse> send_artifact(const Services& services, Result<json::Value> workflow, const std::string& node,
                                       std::string_view direction, const std::string& name) {
  if (!workflow.ok()) return plain_error(workflow.error());
  const auto ours = check_ours(services, *workflow);
  if (!ours.ok()) return plain_error(ours.error());
  const auto artifact = artifact_of(*workflow, node, direction, name);
  if (!artifact.ok()) return plain_error(artifact.error());
  if (!services.open_artifact) return plain_error(Error("this server gives out no artifacts", Code::NotFound));
  auto body = services.open_artifact(*workflow, node, *artifact);
  if (!body.ok()) return plain_error(body.error());
  return download(std::move(*body));
}

Result<io::HttpResponse> by_name(const Services& services, const Call& call, std::string_view direction) {
  return send_artifact(services, get_workflow(services, call.args[0], call.args[1], store::Detail::Full), call.args[2],
                       direction, call.args[3]);
}
Result<io::HttpResponse> output(const Services& services, const Call& call) { return by_name(services, call, "outputs"); }
Result<io::HttpResponse> input(const Services& services, const Call& call) { return by_name(services, call, "inputs"); }

Result<io::HttpResponse> by_uid(const Services& services, const Call& call, std::string_view direction) {
  return send_artifact(services, services.store.get_by_uid(call.args[0]), call.args[1], direction, call.args[2]);
}
Result<io::HttpResponse> output_by_uid(const Services& services, const Call& call) { return by_uid(services, call, "outputs"); }
Result<io::HttpResponse> input_by_uid(const Services& services, const Call& call) { return by_uid(services, call, "inputs"); }

// {ns}/{workflows|archived-workflows}/{id}/{nodeId}/{inputs|outputs}/{artifact}
Result<io::HttpResponse> file(const Services& services, const Call& call) {
  const std::string& place = call.args[1];
  const std::string& direction = call.args[4];
  if ((place != "workflows" && place != "archived-workflows") || (direction != "inputs" && direction != "outputs")) {
    return plain_error(Error("Bad Request"));
  }
  return send_artifact(services,
                       place == "workflows" ? get_workflow(services, call.args[0], call.args[2], store::Detail::Full)
                                            : services.store.get_by_uid(call.args[2]),
                       call.args[3], direction, call.args[5]);
}

constexpr Route kRoutes[] = {
    {"GET", "/artifacts/{}/{}/{}/{}", output},
    {"GET", "/input-artifacts/{}/{}/{}/{}", input},
    {"GET", "/artifacts-by-uid/{}/{}/{}", output_by_uid},
    {"GET", "/input-artifacts-by-uid/{}/{}/{}", input_by_uid},
    {"GET", "/artifact-files/{}/{}/{}/{}/{}/{}", file},
};

}  // namespace

std::span<const Route> artifact_routes() { return kRoutes; }

}  // namespace wf::api
