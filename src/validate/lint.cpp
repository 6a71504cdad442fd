// SPDX-License-Identifier: Apache-2.0
#include "validate/lint.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "json/pointer.h"
#include "json/text.h"
#include "spec/nearest.h"
#include "spec/parse.h"
#include "spec/schema.h"
#include "validate/embedded.h"

namespace wf::validate {
namespace {

using json::Value;

// A manifest, what was read from it, and, once asked for, where everything stands in it.
struct Entry {
  const Source* source;
  json::Manifest manifest;
  size_t index;  // among the file's objects
  spec::Parsed parsed;
  std::string ns;
  std::optional<Error> lenient_error;  // with which Argo would not have begun
  std::optional<json::Document> document;

  json::Position position_of(std::string_view pointer) {
    if (!document) {
      // JSON may be indented by tabs, YAML not; they stand nowhere else in it.
      std::string text(manifest.text);
      if (trim(text).substr(0, 1) == "{") std::replace(text.begin(), text.end(), '\t', ' ');
      auto read = json::parse_yaml(text, json::DuplicateKeys::LastWins, manifest.first_line);
      document = read.ok() ? std::move(*read) : json::Document{};
    }
    return document->position_of(pointer);
  }
};

bool is_template(std::string_view type) {
  return type == "WorkflowTemplate" || type == "ClusterWorkflowTemplate";
}

// Templates that the files hold, as `argo lint --offline` finds them.
class OfflineTemplates {
 public:
  // `duplicate WorkflowTemplate found: "x"`
  Result<void> add(Entry& entry) {
    const bool cluster = entry.parsed.type == "ClusterWorkflowTemplate";
    const std::string name(entry.parsed.object["metadata"]["name"].as_string());
    const std::string ns(entry.parsed.object["metadata"]["namespace"].as_string());
    auto& map = cluster ? cluster_ : namespaces_[ns];
    if (map.try_emplace(name, &entry).second) return {};
    return Error(cat("duplicate ", entry.parsed.type, " found: ", go_quote(name)));
  }
  Entry* find(bool cluster, const std::string& ns, std::string_view name) const {
    const Map* map = &cluster_;
    if (!cluster) {
      const auto found = namespaces_.find(ns);
      if (found == namespaces_.end()) return nullptr;
      map = &found->second;
    }
    const auto found = map->find(name);
    return found == map->end() ? nullptr : found->second;
  }

 private:
  using Map = std::map<std::string, Entry*, std::less<>>;
  Map cluster_;
  std::map<std::string, Map> namespaces_;
};

class OfflineLookup final : public Lookup {
 public:
  OfflineLookup(const OfflineTemplates& templates, std::string ns)
      : templates_(templates), ns_(std::move(ns)) {}
  Result<Value> workflow_template(std::string_view name) const override {
    if (const Entry* entry = templates_.find(false, ns_, name)) return entry->parsed.object;
    return Error(
        cat("couldn't find workflow template ", go_quote(name), " in namespace ", go_quote(ns_)));
  }
  Result<Value> cluster_workflow_template(std::string_view name) const override {
    if (const Entry* entry = templates_.find(true, ns_, name)) return entry->parsed.object;
    return Error(cat("couldn't find cluster workflow template ", go_quote(name)));
  }

 private:
  const OfflineTemplates& templates_;
  std::string ns_;
};

// "spec.templates[0].container.imag" as a pointer.
std::string pointer_of(std::string_view path) {
  std::string pointer;
  for (const std::string_view part : split(path, ".")) {
    for (std::string_view rest = part; !rest.empty();) {
      const size_t open = rest.find('[', rest[0] == '[' ? 1 : 0);
      std::string_view piece = rest.substr(0, open);
      rest.remove_prefix(piece.size());
      if (piece[0] == '[') piece = piece.substr(1, piece.size() - 2);
      pointer.append(cat("/", json::escaped_part(piece)));
    }
  }
  return pointer;
}

// The first member of that name, anywhere.
bool find_key(const Value& node, std::string_view key, std::string& path) {
  const size_t length = path.size();
  size_t index = 0;
  for (const Value& item : node.items()) {
    path.append(cat("/", index++));
    if (find_key(item, key, path)) return true;
    path.resize(length);
  }
  for (const json::Member& member : node.members()) {
    path.append(cat("/", json::escaped_part(member.key())));
    if (member.key() == key || find_key(member.value, key, path)) return true;
    path.resize(length);
  }
  return false;
}

// A path of names, through whatever lists lie between; the first that leads there.
bool find_names(const Value& node, std::span<const std::string_view> names, std::string& path) {
  if (names.empty()) return true;
  const size_t length = path.size();
  if (node.is_array()) {
    for (size_t i = 0; i < node.size(); ++i) {
      path.append(cat("/", i));
      if (find_names(node[i], names, path)) return true;
      path.resize(length);
    }
    return false;
  }
  const Value* next = node.find(names[0]);
  if (next == nullptr) return false;
  path.append(cat("/", json::escaped_part(names[0])));
  if (find_names(*next, names.subspan(1), path)) return true;
  path.resize(length);
  return false;
}

// Where an error of decoding points to: `json: unknown field "x"`, or `… Go struct field
// WorkflowSpec.spec.priority of type int32`.
std::string place_of_error(const Value& document, std::string_view message) {
  std::string path;
  static constexpr std::string_view kUnknown = "unknown field \"", kField = "Go struct field ";
  if (const size_t at = message.find(kUnknown); at != std::string_view::npos) {
    const std::string_view rest = message.substr(at + kUnknown.size());
    find_key(document, rest.substr(0, rest.find('"')), path);
  } else if (const size_t field = message.find(kField); field != std::string_view::npos) {
    const std::string_view rest = message.substr(field + kField.size());
    const auto names = split(rest.substr(0, rest.find(' ')), ".");
    if (!names.empty()) find_names(document, std::span(names).subspan(1), path);
  }
  return path;
}

class Linter {
 public:
  Linter(std::span<const Source> sources, const LintOptions& options) : options_(options) {
    for (const Source& source : sources) read(source);
  }

  LintResult run() {
    if (!options_.templates) collect_templates();
    for (auto& [source, entries, skipped] : files_) {
      FileResult file{source->name, false, {}, std::move(skipped), {}};
      for (Entry& entry : entries) lint(entry, file);
      result_.anything_linted = result_.anything_linted || file.linted;
      result_.problems += file.problems.size();
      result_.files.push_back(std::move(file));
    }
    const auto bad = [](const FileResult& file) { return file.linted && !file.problems.empty(); };
    result_.success = result_.anything_linted && !result_.stopped &&
                      std::none_of(result_.files.begin(), result_.files.end(), bad);
    return std::move(result_);
  }

 private:
  void read(const Source& source) {
    auto& [unused, entries, skipped] = files_.emplace_back(File{&source, {}, {}});
    const bool whole = json::parse(source.text).ok();
    const auto manifests =
        whole ? std::vector<json::Manifest>{{source.text, 1}} : json::split_manifests(source.text);
    const auto strictness = options_.strict ? spec::Strictness::Strict : spec::Strictness::Lenient;
    for (const json::Manifest& manifest : manifests) {
      auto objects = spec::parse_objects(manifest.text, strictness);
      if (objects.empty()) note_skipped(source, manifest, skipped);
      for (spec::Parsed& parsed : objects) {
        Entry entry{&source, manifest, entries.size(), std::move(parsed), {}, {}, {}};
        entry.ns = entry.parsed.object["metadata"]["namespace"].as_string();
        if (entry.ns.empty()) entry.ns = options_.default_namespace;
        entries.push_back(std::move(entry));
      }
    }
  }

  // Why a manifest holds no object: it is no YAML, or (strictly) has a key twice.
  void note_skipped(const Source& source, const json::Manifest& manifest,
                    std::vector<Skipped>& skipped) const {
    if (trim(manifest.text).empty()) return;
    const auto keys = options_.strict ? json::DuplicateKeys::Refuse : json::DuplicateKeys::LastWins;
    const auto read = json::parse_yaml(manifest.text, keys, manifest.first_line);
    if (read.ok()) return;
    const std::string& reason = read.error().message();
    skipped.push_back({source.name, {line_of(reason, manifest.first_line), 1}, reason});
  }

  // Syntax errors count lines from the manifest's beginning, duplicate keys from the file's.
  static uint32_t line_of(std::string_view reason, uint32_t first_line) {
    const size_t at = reason.find("line ");
    if (at == std::string_view::npos) return first_line;
    uint32_t line = 0;
    for (const char c : reason.substr(at + 5)) {
      if (c < '0' || c > '9') break;
      line = line * 10 + static_cast<uint32_t>(c - '0');
    }
    return reason.find("already set") != std::string_view::npos ? line : line + first_line - 1;
  }

  // Argo reads all files leniently first; what fails there ends it.
  void collect_templates() {
    for (auto& [source, entries, unused] : files_) {
      for (Entry& entry : entries) {
        if (entry.parsed.error) {
          for (const spec::Parsed& lenient :
               spec::parse_objects(entry.manifest.text, spec::Strictness::Lenient))
            entry.lenient_error = lenient.error;
        }
        if (entry.lenient_error)
          stop(Error(cat("failed to parse YAML from file ", source->name, ": ",
                         entry.lenient_error->message())));
        if (!is_template(entry.parsed.type)) continue;
        const auto added = templates_.add(entry);
        if (!added.ok()) stop(const_cast<Result<void>&>(added).error());
      }
    }
  }
  void stop(Error error) {
    if (!result_.stopped) result_.stopped = std::move(error);
  }

  bool wanted(std::string_view type) const {
    const LintKinds& kinds = options_.kinds;
    if (type == "Workflow") return kinds.workflows;
    if (type == "WorkflowTemplate") return kinds.workflow_templates;
    if (type == "CronWorkflow") return kinds.cron_workflows;
    return type == "ClusterWorkflowTemplate" && kinds.cluster_workflow_templates;
  }

  static std::string title(const Entry& entry) {
    if (entry.parsed.type == "WorkflowEventBinding") return "";
    const Value& metadata = entry.parsed.object["metadata"];
    std::string name(metadata["name"].as_string());
    if (name.empty()) name = metadata["generateName"].as_string();
    if (name.empty()) name = cat("object #", entry.index + 1);
    return cat("\"", name, "\" (", entry.parsed.type, ")");
  }

  void lint(Entry& entry, FileResult& file) {
    // Argo only reads event bindings, and does not name them.
    if (entry.parsed.type == "WorkflowEventBinding" && entry.parsed.error)
      add_reading_problem(entry, file);
    if (!wanted(entry.parsed.type)) return;
    file.linted = true;
    if (entry.parsed.error) add_reading_problem(entry, file);
    for (const Diagnostic& diagnostic : diagnose(entry)) add(entry, diagnostic, file);
    if (!options_.embedded) return;
    for (const ClusterOnly& field : cluster_only_fields(entry.parsed.object)) {
      const std::string times = field.uses == 1 ? "" : cat(" (", field.uses, " times)");
      file.notes.push_back(
          {entry.source->name, entry.position_of(field.path), title(entry),
           cat(field.field, times, " means nothing on one machine and is passed over")});
    }
  }

  std::vector<Diagnostic> diagnose(const Entry& entry) {
    Options options{.lint = true, .submit = false, .defaults = options_.defaults};
    const OfflineLookup offline(templates_, entry.ns);
    const Lookup& lookup = options_.templates ? options_.templates(entry.ns) : offline;
    const Value& object = entry.parsed.object;
    if (entry.parsed.type == "Workflow") return workflow(object, lookup, options);
    if (entry.parsed.type == "WorkflowTemplate") return workflow_template(object, lookup, options);
    if (entry.parsed.type == "CronWorkflow") return cron_workflow(object, lookup, options);
    return cluster_workflow_template(object, lookup, options);
  }

  void add_reading_problem(Entry& entry, FileResult& file) {
    const std::string& message = entry.parsed.error->message();
    entry.position_of("");
    const std::string pointer = entry.parsed.unknown.empty()
                                    ? place_of_error(entry.document->value, message)
                                    : pointer_of(entry.parsed.unknown[0].path);
    std::vector<std::string> hints;
    for (const spec::UnknownField& field : entry.parsed.unknown) {
      if (!field.nearest.empty())
        hints.push_back(cat("did you mean '", field.nearest, "' instead of ", field.path, "?"));
    }
    if (hints.empty()) hints.push_back(advice_on(message));
    file.problems.push_back(
        {entry.source->name, entry.position_of(pointer), title(entry), message, join(hints, " ")});
  }

  // Steps are the one type whose unknown fields are errors by themselves.
  static std::string advice_on(std::string_view message) {
    static constexpr std::string_view kUnknown = "json: unknown field \"";
    if (message.substr(0, kUnknown.size()) != kUnknown) return "";
    const std::string_view name =
        message.substr(kUnknown.size(), message.size() - kUnknown.size() - 1);
    const std::string_view meant = spec::nearest_field(*spec::find_type("WorkflowStep"), name);
    return meant.empty() ? "" : cat("did you mean '", meant, "'?");
  }

  void add(Entry& entry, const Diagnostic& diagnostic, FileResult& file) {
    Entry* where = &entry;
    if (diagnostic.where.kind != spec::Scope::Kind::Local) {
      Entry* other = templates_.find(diagnostic.where.kind == spec::Scope::Kind::Cluster, entry.ns,
                                     diagnostic.where.name);
      where = other;
    }
    const bool known = where != nullptr;
    file.problems.push_back({known ? where->source->name : entry.source->name,
                             known ? where->position_of(diagnostic.path) : entry.position_of(""),
                             title(entry), diagnostic.message, diagnostic.hint});
  }

  struct File {
    const Source* source;
    std::vector<Entry> entries;
    std::vector<Skipped> skipped;
  };
  const LintOptions& options_;
  std::vector<File> files_;
  OfflineTemplates templates_;
  LintResult result_;
};

}  // namespace

Result<LintKinds> lint_kinds(std::span<const std::string> names) {
  LintKinds kinds{false, false, false, false};
  bool all = names.empty();
  for (const std::string& name : names) all = all || name.find("all") != std::string::npos;
  if (all) return LintKinds{};
  for (const std::string& name : names) {
    if (name == "workflows" || name == "wf") {
      kinds.workflows = true;
    } else if (name == "workflowtemplates" || name == "wftmpl") {
      kinds.workflow_templates = true;
    } else if (name == "cronworkflows" || name == "cronwf") {
      kinds.cron_workflows = true;
    } else if (name == "clusterworkflowtemplates" || name == "cwftmpl") {
      kinds.cluster_workflow_templates = true;
    } else {
      return Error(cat("unknown kind: ", name));
    }
  }
  return kinds;
}

LintResult lint(std::span<const Source> sources, const LintOptions& options) {
  return Linter(sources, options).run();
}

}  // namespace wf::validate
