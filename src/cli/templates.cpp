// SPDX-License-Identifier: Apache-2.0
// argo template …, argo cluster-template …: the same verbs over two kinds.
#include <array>

#include "base/text.h"
#include "cli/client.h"
#include "cli/submit_flags.h"
#include "cli/workflow_output.h"
#include "print/list_screen.h"
#include "print/object_screen.h"

namespace wf::cli {
namespace {

struct TemplateKind {
  std::string_view kind;
  const char* group;  // "template"
  const char* path;
  const char* lint_kind;
  bool namespaced;

  std::string all(const Connection& connection) const { return namespaced ? path_of(connection.ns()) : cat("/api/v1/", path); }
  std::string one(const Connection& connection, const std::string& name) const {
    return cat(all(connection), "/", io::percent_encode(name));
  }
  std::string path_of(const std::string& ns) const { return cat("/api/v1/", path, "/", io::percent_encode(ns)); }
};
constexpr TemplateKind kTemplates{"WorkflowTemplate", "template", "workflow-templates", "workflowtemplates", true};
constexpr TemplateKind kClusterTemplates{"ClusterWorkflowTemplate", "cluster-template", "cluster-workflow-templates",
                                         "clusterworkflowtemplates", false};

void print_template(const json::Value& object, const std::string& output) {
  if (!print_object(object, output)) print(print::template_screen(object, now()));
}

// create and update: each object of the files, sent and printed.
Result<void> send_files(const TemplateKind& kind, const Connection& connection, const std::vector<std::string>& paths, bool strict,
                        bool update, const std::string& output) {
  TRY(const std::vector<Given> files, read_given(paths));
  TRY(std::vector<json::Value> objects, objects_of_kind(files, kind.kind, strict));
  if (objects.empty()) return Error(cat("No ", kind.kind, " found in given files"));
  TRY(Client client, Client::connect(connection));
  for (json::Value& object : objects) {
    Connection there = connection;
    if (kind.namespaced) {
      if (object["metadata"]["namespace"].as_string().empty()) object.at("metadata").set("namespace", connection.ns());
      there.set_ns(std::string(object["metadata"]["namespace"].as_string()));
    }
    const std::string name(object["metadata"]["name"].as_string());
    const json::Value body = json::Value::object({{"name", name}, {"namespace", there.ns()}, {"template", object}});
    auto made = update ? client.put(kind.one(there, name), body) : client.post(kind.all(there), body);
    if (!made.ok()) return std::move(made.error()).wrap(update ? "Failed to update workflow template" : "Failed to create workflow template");
    print_template(*made, output);
  }
  return {};
}

template <const TemplateKind& K, bool Update>
int write(Arguments arguments) {
  OutputFlags output;
  bool strict = true;
  Connection connection;
  Flags flags(cat(K.group, Update ? " update" : " create", " FILE... [flags]"), Update ? "update a workflow template" : "create a workflow template");
  output.declare_output(flags);
  flags.flag("--strict", strict, "perform strict workflow validation");
  connection.declare(flags);
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  const auto sent = send_files(K, connection, flags.operands(), strict, Update, output.output);
  return sent.ok() ? 0 : fail(sent.error());
}

template <const TemplateKind& K>
int show(Arguments arguments) {
  OutputFlags output;
  Connection connection;
  Flags flags(cat(K.group, " get NAME... [flags]"), "display details about a workflow template");
  output.declare_output(flags);
  connection.declare(flags);
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  for (const std::string& name : flags.operands()) {
    const auto object = client->get(K.one(connection, name));
    if (!object.ok()) return fail(object.error());
    print_template(*object, output.output);
  }
  return 0;
}

Result<std::vector<json::Value>> all_of(Client& client, const std::string& target) {
  TRY(const json::Value page, client.get(target));
  return std::vector<json::Value>(page["items"].items().begin(), page["items"].items().end());
}

template <const TemplateKind& K>
int show_all(Arguments arguments) {
  std::string output, labels;
  bool all_namespaces = false;
  Connection connection;
  Flags flags(cat(K.group, " list [flags]"), "list workflow templates");
  flags.choice("-o,--output", output, {"wide", "name", "json", "yaml"}, "Output format.");
  if (K.namespaced) flags.flag("-A,--all-namespaces", all_namespaces, "Show workflows from all namespaces");
  flags.text("-l,--selector", labels, "Selector (label query) to filter on");
  connection.declare(flags);
  flags.operands(0, 0);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const std::string target = (all_namespaces ? K.path_of("") : K.all(connection)) + query({{"listOptions.labelSelector", labels}});
  const auto objects = all_of(*client, target);
  if (!objects.ok()) return fail(objects.error());
  if (!print_objects(*objects, output)) print(print::template_list(*objects, all_namespaces));
  return 0;
}

template <const TemplateKind& K>
int drop(Arguments arguments) {
  bool all = false;
  Connection connection;
  Flags flags(cat(K.group, " delete NAME... [flags]"), "delete workflow templates");
  flags.flag("--all", all, "Delete all workflow templates");
  connection.declare(flags);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  std::vector<std::string> names = flags.operands();
  if (all) {
    const auto objects = all_of(*client, K.all(connection));
    if (!objects.ok()) return fail(objects.error());
    for (const json::Value& object : *objects) names.emplace_back(object["metadata"]["name"].as_string());
  }
  for (const std::string& name : names) {
    const auto removed = client->remove(K.one(connection, name));
    if (!removed.ok()) return fail(removed.error());
    print(cat(K.kind, " '", name, "' deleted\n"));
  }
  return 0;
}

// argo lint of one kind.
template <const TemplateKind& K>
int check(Arguments arguments) {
  std::vector<const char*> words{"lint", "--kinds", K.lint_kind};
  words.insert(words.end(), arguments.begin() + 1, arguments.end());
  return lint(words);
}

template <const TemplateKind& K>
constexpr std::array kVerbs = {
    VerbEntry{"create", "create a workflow template", write<K, false>},
    VerbEntry{"delete", "delete workflow templates", drop<K>},
    VerbEntry{"get", "display details about a workflow template", show<K>},
    VerbEntry{"lint", "validate files or directories of workflow template manifests", check<K>},
    VerbEntry{"list", "list workflow templates", show_all<K>},
    VerbEntry{"update", "update a workflow template", write<K, true>},
};

}  // namespace

std::span<const VerbEntry> template_verbs() { return kVerbs<kTemplates>; }
std::span<const VerbEntry> cluster_template_verbs() { return kVerbs<kClusterTemplates>; }

}  // namespace wf::cli
