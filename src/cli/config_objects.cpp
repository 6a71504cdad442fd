// SPDX-License-Identifier: Apache-2.0
// argo config …, argo secret …: ConfigMaps and Secrets of the embedded store, as kubectl makes them.
#include <array>
#include <filesystem>

#include "base/text.h"
#include "cli/base64.h"
#include "cli/client.h"
#include "cli/workflow_output.h"
#include "expr/duration.h"
#include "io/file.h"
#include "print/columns.h"

namespace wf::cli {
namespace {

struct ObjectKind {
  const char* kind;
  const char* group;     // of verbs: "config"
  const char* resource;  // of paths and messages: "configmaps"
  const char* noun;      // "configmap"
  bool secret;
};
constexpr ObjectKind kConfigs{"ConfigMap", "config", "configmaps", "configmap", false};
constexpr ObjectKind kSecrets{"Secret", "secret", "secrets", "secret", true};

std::string one(const ObjectKind& kind, const Connection& connection, const std::string& name) {
  return path("namespaces", connection.ns(), kind.resource, name);
}

struct Sources {
  std::vector<std::string> files, literals, env_files;
};

Result<void> add(const ObjectKind& kind, json::Value& data, const std::string& key, const std::string& text) {
  if (key.empty()) return Error("a key must not be empty");
  if (data.has(key)) return Error(cat("cannot add key ", key, ", another key by that name already exists"));
  data.set(key, kind.secret ? to_base64(text) : text);
  return {};
}

// KEY=PATH or PATH; of a folder each of its files.
Result<void> add_file(const ObjectKind& kind, json::Value& data, const std::string& source) {
  const size_t equals = source.find('=');
  const std::string file = equals == std::string::npos ? source : source.substr(equals + 1);
  if (std::filesystem::is_directory(file)) {
    if (equals != std::string::npos) return Error("cannot give a key name for a directory path");
    TRY(const std::vector<std::string> names, io::list_directory(file));
    for (const std::string& name : names) {
      if (!std::filesystem::is_regular_file(cat(file, "/", name))) continue;
      TRY(const std::string text, io::read_file(cat(file, "/", name)));
      TRY_DO(add(kind, data, name, text));
    }
    return {};
  }
  TRY(const std::string text, io::read_file(file));
  return add(kind, data, equals == std::string::npos ? std::filesystem::path(file).filename().string() : source.substr(0, equals), text);
}

Result<void> add_env_file(const ObjectKind& kind, json::Value& data, const std::string& file) {
  TRY(const std::string text, io::read_file(file));
  for (const std::string_view raw : split(text, "\n")) {
    const std::string line(trim(raw));
    if (line.empty() || line[0] == '#') continue;
    const size_t equals = line.find('=');
    if (equals == std::string::npos) return Error(cat(file, ": a line is not of the form NAME=VALUE: ", line));
    TRY_DO(add(kind, data, line.substr(0, equals), line.substr(equals + 1)));
  }
  return {};
}

Result<json::Value> data_of(const ObjectKind& kind, const Sources& sources) {
  json::Value data = json::Value::object();
  for (const std::string& file : sources.files) TRY_DO(add_file(kind, data, file));
  for (const std::string& literal : sources.literals) {
    const size_t equals = literal.find('=');
    if (equals == std::string::npos || equals == 0) return Error(cat("invalid literal source ", literal, ", expected key=value"));
    TRY_DO(add(kind, data, literal.substr(0, equals), literal.substr(equals + 1)));
  }
  for (const std::string& file : sources.env_files) TRY_DO(add_env_file(kind, data, file));
  return data;
}

Result<void> create_one(const ObjectKind& kind, const Connection& connection, const std::string& name, const Sources& sources,
                        const std::string& type, bool replace) {
  TRY(json::Value data, data_of(kind, sources));
  json::Value object = json::Value::object({{"apiVersion", "v1"}, {"kind", kind.kind}, {"metadata", json::Value::object({{"name", name}})}});
  if (kind.secret) object.set("type", type);
  object.set("data", std::move(data));
  TRY(Client client, Client::connect(connection));
  if (replace && client.get(one(kind, connection, name)).ok()) {
    TRY_DO(client.put(one(kind, connection, name), object));
    print(cat(kind.noun, "/", name, " configured\n"));
    return {};
  }
  TRY_DO(client.post(path("namespaces", connection.ns(), kind.resource), object));
  print(cat(kind.noun, "/", name, " created\n"));
  return {};
}

template <const ObjectKind& K>
int create(Arguments arguments) {
  Sources sources;
  std::string type = "Opaque";
  bool replace = false;
  Connection connection;
  Flags flags(cat(K.group, " create NAME [flags]"), cat("create a ", K.kind));
  flags.example(cat("  argo ", K.group, " create my-settings --from-literal=colour=green --from-file=app.conf\n  argo ", K.group,
                    " create my-settings --from-env-file=.env --replace"));
  flags.texts("--from-file", sources.files, "a file, under its name or as KEY=FILE; or a folder of files (can be repeated)");
  flags.texts("--from-literal", sources.literals, "KEY=VALUE (can be repeated)");
  flags.texts("--from-env-file", sources.env_files, "a file of lines NAME=VALUE (can be repeated)");
  if (K.secret) flags.text("--type", type, "the type of secret to create");
  flags.flag("--replace", replace, "take the place of one that exists");
  connection.declare(flags);
  flags.operands(1, 1);
  if (const auto done = flags.parse(arguments)) return *done;
  const auto made = create_one(K, connection, flags.operands()[0], sources, type, replace);
  return made.ok() ? 0 : fail(made.error());
}

std::string age_of(const json::Value& object) {
  const auto created = parse_rfc3339(object["metadata"]["creationTimestamp"].as_string());
  return created.ok() ? expr::humanize_short(now() - *created) : "";
}

template <const ObjectKind& K>
int show_all(Arguments arguments) {
  std::string output;
  Connection connection;
  Flags flags(cat(K.group, " list [flags]"), cat("list ", K.kind, "s"));
  flags.choice("-o,--output", output, {"name", "wide"}, "Output format.");
  connection.declare(flags);
  flags.operands(0, 0);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  const auto page = client->get(path("namespaces", connection.ns(), K.resource));
  if (!page.ok()) return fail(page.error());
  if ((*page)["items"].empty()) {
    if (output != "name") print(cat("No ", K.noun, "s found\n"));
    return 0;
  }
  std::string table = K.secret ? "NAME\tTYPE\tDATA\tAGE\n" : "NAME\tDATA\tAGE\n";
  for (const json::Value& object : (*page)["items"].items()) {
    if (output == "name") print_object(object, output);
    table += cat(object["metadata"]["name"].as_string(), "\t", K.secret ? cat(object["type"].as_string(), "\t") : "", object["data"].size(), "\t",
                 age_of(object), "\n");
  }
  if (output != "name") print(print::aligned(table, 3));
  return 0;
}

// Values of secrets are shown only where a form of output asks for the object as it is.
template <const ObjectKind& K>
int show(Arguments arguments) {
  std::string output;
  Connection connection;
  Flags flags(cat(K.group, " get NAME... [flags]"), cat("display a ", K.kind));
  flags.choice("-o,--output", output, {"name", "json", "yaml"}, "Output format.");
  connection.declare(flags);
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  for (const std::string& name : flags.operands()) {
    const auto object = client->get(one(K, connection, name));
    if (!object.ok()) return fail(object.error());
    if (print_object(*object, output)) continue;
    print(cat("Name:       ", name, "\nNamespace:  ", connection.ns(), "\n\nData\n====\n"));
    for (const json::Member& item : (*object)["data"].members()) {
      if (K.secret) print(cat(item.key(), ":  ", from_base64_size(item.value.as_string()), " bytes\n"));
      else print(cat(item.key(), ":\n----\n", item.value.as_string(), "\n\n"));
    }
  }
  return 0;
}

template <const ObjectKind& K>
int drop(Arguments arguments) {
  Connection connection;
  Flags flags(cat(K.group, " delete NAME..."), cat("delete ", K.kind, "s"));
  connection.declare(flags);
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  auto client = Client::connect(connection);
  if (!client.ok()) return fail(client.error());
  for (const std::string& name : flags.operands()) {
    const auto removed = client->remove(one(K, connection, name));
    if (!removed.ok()) return fail(removed.error());
    print(cat(K.noun, " \"", name, "\" deleted\n"));
  }
  return 0;
}

template <const ObjectKind& K>
constexpr std::array kVerbs = {
    VerbEntry{"create", "create one from files, literals or env files", create<K>},
    VerbEntry{"delete", "delete some", drop<K>},
    VerbEntry{"get", "display one", show<K>},
    VerbEntry{"list", "list them", show_all<K>},
};

}  // namespace

std::span<const VerbEntry> config_verbs() { return kVerbs<kConfigs>; }
std::span<const VerbEntry> secret_verbs() { return kVerbs<kSecrets>; }

}  // namespace wf::cli
