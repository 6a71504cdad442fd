// SPDX-License-Identifier: Apache-2.0
// argo cp: output artifacts of a workflow as files of this machine.
#include <fcntl.h>

#include <cerrno>

#include "base/text.h"
#include "cli/client.h"
#include "io/file.h"

namespace wf::cli {
namespace {

struct Wanted {
  std::string node, tmpl, artifact;
  std::string path = "{namespace}/{workflowName}/{nodeId}/outputs/{artifactName}";
};

std::string template_of(const json::Value& node) {
  const auto referred = node["templateRef"]["template"].as_string();
  return std::string(referred.empty() ? node["templateName"].as_string() : referred);
}

// The last part of its key; keys never lead out of the folder.
std::string file_name(const json::Value& artifact) {
  for (const char* place : {"s3", "gcs", "oss", "azure", "artifactory", "hdfs", "http"}) {
    for (const char* field : {"key", "blob", "url", "path"}) {
      const std::string_view key = artifact[place][field].as_string();
      const std::string_view name = key.substr(key.rfind('/') + 1);
      if (!name.empty() && name != "." && name != "..") return std::string(name);
    }
  }
  return std::string(artifact["name"].as_string());
}

Result<void> save(io::HttpReply reply, const std::string& file) {
  const io::Fd out(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!out) return io::errno_error(errno, "create", file);
  std::vector<char> buffer(256 * 1024);
  for (;;) {
    TRY(const size_t got, reply.read_some(buffer));
    if (got == 0) return {};
    TRY_DO(io::write_all(out.get(), std::string_view(buffer.data(), got)));
  }
}

Result<size_t> copy(Client& client, const std::string& ns, const json::Value& workflow, const Wanted& wanted, const std::string& target) {
  const std::string name(workflow["metadata"]["name"].as_string());
  size_t copied = 0;
  for (const json::Member& member : workflow["status"]["nodes"].members()) {
    const std::string id(member.key());
    if (!wanted.node.empty() && wanted.node != id) continue;
    const std::string tmpl = template_of(member.value);
    if (!wanted.tmpl.empty() && wanted.tmpl != tmpl) continue;
    for (const json::Value& artifact : member.value["outputs"]["artifacts"].items()) {
      const std::string artifact_name(artifact["name"].as_string());
      if (!wanted.artifact.empty() && wanted.artifact != artifact_name) continue;
      std::string folder = cat(target, "/", wanted.path);
      for (const auto& [variable, value] : {std::pair<const char*, const std::string&>{"{templateName}", tmpl}, {"{namespace}", ns},
                                            {"{workflowName}", name}, {"{nodeId}", id}, {"{artifactName}", artifact_name}}) {
        folder = replace_all(folder, variable, value);
      }
      TRY_DO(io::make_directories(folder));
      auto reply = client.open(cat("/artifacts/", io::percent_encode(ns), "/", io::percent_encode(name), "/", io::percent_encode(id), "/",
                                   io::percent_encode(artifact_name)));
      if (!reply.ok()) return std::move(reply.error()).wrap(cat("artifact '", artifact_name, "' of node '", id, "'"));
      const std::string file = cat(folder, "/", file_name(artifact));
      TRY_DO(save(std::move(*reply), file));
      print(cat("Created ", go_quote(file), "\n"));
      ++copied;
    }
  }
  return copied;
}

}  // namespace

int cp(Arguments arguments) {
  Wanted wanted;
  Connection connection;
  Flags flags("cp WORKFLOW OUTPUT_DIRECTORY [flags]", "copy artifacts from workflow");
  flags.example("  argo cp my-wf output-directory\n  argo cp my-wf output-directory --node-id=my-wf-node-id-123");
  flags.text("--node-id", wanted.node, "id of node in workflow");
  flags.text("--template-name", wanted.tmpl, "name of template in workflow");
  flags.text("--artifact-name", wanted.artifact, "name of output artifact in workflow");
  flags.text("--path", wanted.path, "use variables {workflowName}, {nodeId}, {templateName}, {artifactName}, and {namespace} to create a customized path to store the artifacts");
  connection.declare(flags);
  flags.operands(2, 2);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const auto workflow = client->get(path("workflows", connection.ns(), flags.operands()[0]));
  if (!workflow.ok()) return fail(cat("failed to get workflow: ", workflow.error().message()));
  const auto copied = copy(*client, connection.ns(), *workflow, wanted, flags.operands()[1]);
  if (!copied.ok()) return fail(copied.error());
  if (*copied == 0) print("No output artifacts found\n");
  return 0;
}

}  // namespace wf::cli
