// SPDX-License-Identifier: Apache-2.0
// argo convert: manifests of older versions in today's form: schedules, mutexes and semaphores as lists.
#include "base/text.h"
#include "cli/flags.h"
#include "cli/manifests.h"
#include "json/text.h"
#include "json/yaml.h"
#include "spec/codec.h"

namespace wf::cli {
namespace {

// `one` becomes the first item of `many`, where it has something to say.
void make_list(json::Value& holder, const char* one, const char* many) {
  const json::Value* value = holder.find(one);
  if (value == nullptr) return;
  json::Value list = json::Value::array();
  if (!value->is_null() && !(value->is_string() && value->as_string().empty())) list.push_back(*value);
  for (const json::Value& item : holder[many].items()) list.push_back(item);
  holder.erase(one);
  if (!list.empty()) holder.set(many, list);
}

void convert_locks(json::Value& holder) {
  if (!holder["synchronization"].is_object()) return;
  make_list(holder.at("synchronization"), "mutex", "mutexes");
  make_list(holder.at("synchronization"), "semaphore", "semaphores");
}

void convert_template(json::Value& tmpl) {
  convert_locks(tmpl);
  if (!tmpl.has("steps")) return;
  json::Value& groups = tmpl.at("steps");
  for (size_t i = 0; i < groups.size(); ++i) {
    for (size_t j = 0; j < groups[i].size(); ++j) {
      json::Value& step = groups.item(i).item(j);
      if (step["inline"].is_object()) convert_template(step.at("inline"));
    }
  }
}

void convert_spec(json::Value& spec) {
  convert_locks(spec);
  if (spec["templateDefaults"].is_object()) convert_template(spec.at("templateDefaults"));
  if (!spec["templates"].is_array()) return;
  json::Value& templates = spec.at("templates");
  for (size_t i = 0; i < templates.size(); ++i) convert_template(templates.item(i));
}

// Kinds that are not Argo's pass as they are.
Result<json::Value> converted(json::Value document) {
  const std::string kind(document["kind"].as_string());
  if (kind != "Workflow" && kind != "WorkflowTemplate" && kind != "ClusterWorkflowTemplate" && kind != "CronWorkflow") return document;
  if (document["spec"].is_object()) {
    json::Value& spec = document.at("spec");
    if (kind == "CronWorkflow") {
      make_list(spec, "schedule", "schedules");
      if (spec["workflowSpec"].is_object()) convert_spec(spec.at("workflowSpec"));
    } else {
      convert_spec(spec);
    }
  }
  TRY(const json::Value normal, spec::decode(kind, document));
  return spec::encode(kind, normal);
}

Result<void> convert_text(std::string_view text, const std::string& output) {
  if (trim(text).starts_with('{')) {
    TRY(json::Value document, json::parse(text));
    TRY(const json::Value now, converted(std::move(document)));
    print(output == "yaml" ? "---\n" + json::print_yaml(now) : json::print(now) + "\n");
    return {};
  }
  for (const json::Manifest& manifest : json::split_manifests(text)) {
    if (trim(manifest.text).empty()) continue;
    TRY(json::Document document, json::parse_yaml(manifest.text, json::DuplicateKeys::LastWins, manifest.first_line));
    if (document.value.is_null()) continue;
    TRY(const json::Value now, converted(std::move(document.value)));
    print(output == "json" ? json::print(now) + "\n" : "---\n" + json::print_yaml(now));
  }
  return {};
}

}  // namespace

int convert(Arguments arguments) {
  std::string output;
  bool no_color = false;
  Flags flags("convert FILE... [flags]", "convert workflow manifests from legacy format to current format");
  flags.example("  argo convert old.yaml > new.yaml");
  flags.choice("-o,--output", output, {"yaml", "json"}, "Output format; as the file's unless given.");
  flags.flag("--no-color", no_color, "Disable colorized output");
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  const auto files = read_manifests(flags.operands());
  if (!files.ok()) return fail(files.error());
  for (const ManifestFile& file : *files) {
    const auto done = convert_text(file.text, output);
    if (!done.ok()) return fail(cat("error converting ", file.path, ": ", done.error().message()));
  }
  return 0;
}

}  // namespace wf::cli
