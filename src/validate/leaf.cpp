// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "json/yaml.h"
#include "spec/names.h"
#include "validate/detail/checks.h"

namespace wf::validate::detail {
namespace {

using json::Value;

bool reserved(std::string_view container) {
  return container == "wait" || container == "supervisor" ||
         container.rfind("artifact-plugin-", 0) == 0;
}

// Two mounts of one path (VAL-31).
class Mounts {
 public:
  // Who mounted the path before, or "".
  std::string add(std::string_view path, std::string who) {
    const auto [slot, added] = paths_.try_emplace(std::string(path), who);
    if (added) return "";
    return std::exchange(slot->second, std::move(who));
  }

 private:
  std::map<std::string, std::string> paths_;
};

void check_mounts(const Site& site, const Value& tmpl, std::string_view field, Mounts& mounts) {
  const At body_at = site.at.in(field), list_at = body_at.in("volumeMounts");
  const std::string shown = field == "container" ? "container." : "";
  const std::string prefix = cat("templates.", site.name, ".", field, ".");
  size_t index = 0;
  for (const Value& mount : tmpl[field]["volumeMounts"].items()) {
    const At mount_at = list_at.item(index), path_at = mount_at.in("mountPath");
    const std::string_view path = mount["mountPath"].as_string();
    const std::string before =
        mounts.add(path, cat(shown, "volumeMounts.", mount["name"].as_string()));
    if (!before.empty()) {
      site.report.add(site.chain, path_at,
                      cat(prefix, "volumeMounts[", index, "].mountPath '", path,
                          "' already mounted in ", before));
    }
    ++index;
  }
}

void check_image(const Site& site, const Value& tmpl, std::string_view field,
                 const Value& template_defaults) {
  if (!tmpl[field]["image"].as_string().empty()) return;
  if (!template_defaults[field]["image"].as_string().empty()) return;
  const At body_at = site.at.in(field);
  site.report.add(site.chain, body_at,
                  cat("templates.", site.name, ".", field, ".image may not be empty"));
}

void check_container(const Site& site, const Value& tmpl, const Value& template_defaults) {
  Mounts mounts;
  check_mounts(site, tmpl, "container", mounts);
  const At inputs_at = site.at.in("inputs"), list_at = inputs_at.in("artifacts");
  size_t index = 0;
  for (const Value& artifact : tmpl["inputs"]["artifacts"].items()) {
    const At artifact_at = list_at.item(index), path_at = artifact_at.in("path");
    const std::string_view path = artifact["path"].as_string();
    const std::string before =
        mounts.add(path, cat("inputs.artifacts.", artifact["name"].as_string()));
    if (!before.empty()) {
      site.report.add(site.chain, path_at,
                      cat("templates.", site.name, ".inputs.artifacts[", index, "].path '", path,
                          "' already mounted in ", before));
    }
    ++index;
  }
  check_image(site, tmpl, "container", template_defaults);
}

// A cycle among the containers' dependencies as "b->a->b", from the first container by name.
class CycleFinder {
 public:
  explicit CycleFinder(const Value& containers) {
    for (const Value& container : containers.items()) {
      auto& needs = graph_[container["name"].as_string()];
      for (const Value& need : container["dependencies"].items()) needs.push_back(need.as_string());
    }
  }
  std::string find() {
    for (const auto& [name, needs] : graph_) {
      if (auto cycle = visit(name)) return *cycle;
    }
    return "";
  }

 private:
  std::optional<std::string> visit(std::string_view name) {
    if (done_.count(name) != 0) return std::nullopt;
    const auto found = graph_.find(name);
    if (found == graph_.end()) return std::nullopt;
    for (const std::string_view need : found->second) {
      for (const std::string& seen : way_) {
        if (seen == need) return cat(join(way_, "->"), "->", need);
      }
      way_.emplace_back(need);
      if (auto cycle = visit(need)) return cycle;
      way_.pop_back();
    }
    done_.insert(name);
    return std::nullopt;
  }
  std::map<std::string_view, std::vector<std::string_view>> graph_;
  std::set<std::string_view> done_;
  std::vector<std::string> way_;
};

void check_container_set(const Site& site, const Value& tmpl) {
  const Value& containers = tmpl["containerSet"]["containers"];
  const At set_at = site.at.in("containerSet"), list_at = set_at.in("containers");
  const std::string prefix = cat("templates.", site.name, ".containerSet.");
  if (containers.empty())
    site.report.add(site.chain, set_at, cat(prefix, "containers must have at least one container"));
  check_names(site.report, site.chain, list_at, containers, cat(prefix, "containers"),
              NameKind::Field);
  Mounts mounts;
  check_mounts(site, tmpl, "containerSet", mounts);

  std::set<std::string_view> names;
  for (const Value& container : containers.items()) names.insert(container["name"].as_string());
  const size_t before = site.report.count();
  size_t index = 0;
  for (const Value& container : containers.items()) {
    const At container_at = list_at.item(index++), needs_at = container_at.in("dependencies");
    for (const Value& need : container["dependencies"].items()) {
      if (names.count(need.as_string()) != 0) continue;
      site.report.add(site.chain, needs_at,
                      cat(prefix, "containers.", container["name"].as_string(), " dependency '",
                          need.as_string(), "' not defined"));
    }
  }
  if (site.report.count() == before) {
    const std::string cycle = CycleFinder(containers).find();
    if (!cycle.empty())
      site.report.add(site.chain, list_at,
                      cat(prefix, "containers dependency cycle detected: ", cycle));
  }
  const bool exchanges = !tmpl["inputs"]["artifacts"].empty() ||
                         !tmpl["outputs"]["parameters"].empty() ||
                         !tmpl["outputs"]["artifacts"].empty();
  if (exchanges && names.count("main") == 0) {
    site.report.add(
        site.chain, list_at,
        cat(prefix, "containers must have a container named \"main\" for input or output"));
  }
  index = 0;
  for (const Value& container : containers.items()) {
    const At container_at = list_at.item(index++);
    const std::string_view name = container["name"].as_string();
    if (reserved(name))
      site.report.add(
          site.chain, container_at,
          cat(prefix, "containers: ", go_quote(name), " is a reserved Argo container name"));
  }
}

// A manifest's {{=expressions}}, which need not be YAML, give way to a stand-in.
std::string without_expressions(std::string_view manifest) {
  std::string out;
  size_t from = 0;
  while (true) {
    const size_t open = manifest.find("{{", from);
    if (open == std::string_view::npos) break;
    const size_t sign = manifest.find_first_not_of(" \t\r\n\f\v", open + 2);
    const size_t close = manifest.find("}}", open + 2);
    if (sign == std::string_view::npos || close == std::string_view::npos) break;
    if (manifest[sign] != '=' || trim(manifest.substr(sign + 1, close - sign - 1)).empty() ||
        sign > close) {
      out.append(manifest.substr(from, open + 2 - from));
      from = open + 2;
      continue;
    }
    out.append(manifest.substr(from, open - from)).append(expr::kPlaceholder);
    from = close + 2;
  }
  return out.append(manifest.substr(from));
}

void check_manifest(const Site& site, const Value& tmpl) {
  const Value& resource = tmpl["resource"];
  const std::string_view manifest = resource["manifest"].as_string();
  const Value* from = resource.find("manifestFrom");
  const At at = site.at.in("resource");
  if (manifest.empty() && from == nullptr) {
    site.report.add(site.chain, at,
                    cat("either templates.", site.name, ".resource.manifest or templates.",
                        site.name, ".resource.manifestFrom must be specified"));
    return;
  }
  if (!manifest.empty() && from != nullptr) {
    site.report.add(site.chain, at,
                    "shouldn't have both `manifest` and `manifestFrom` specified in `Manifest` for "
                    "resource template");
    return;
  }
  if (from != nullptr && from->has("artifact")) {
    const std::string_view wanted = (*from)["artifact"]["name"].as_string();
    bool found = false;
    for (const Value& artifact : tmpl["inputs"]["artifacts"].items())
      found = found || artifact["name"].as_string() == wanted;
    if (!found)
      site.report.add(site.chain, at,
                      cat("artifact ", wanted, " in `manifestFrom` refer to a non-exist artifact"));
  }
  if (manifest.empty() || Placeholders::is(manifest)) return;
  const auto parsed = json::parse_yaml(without_expressions(manifest));
  if (parsed.ok()) return;
  const At manifest_at = at.in("manifest");
  site.report.add(site.chain, manifest_at,
                  cat("templates.", site.name, ".resource.manifest must be a valid yaml"),
                  parsed.error().message());
}

void check_resource(const Site& site, const Value& tmpl) {
  const std::string_view action = tmpl["resource"]["action"].as_string();
  static const std::set<std::string_view> kActions{"get",    "create",  "apply",
                                                   "delete", "replace", "patch"};
  const At at = site.at.in("resource"), action_at = at.in("action");
  if (!Placeholders::is(action) && kActions.count(action) == 0) {
    site.report.add(
        site.chain, action_at,
        cat("templates.", site.name,
            ".resource.action must be one of: get, create, apply, delete, replace, patch"));
  }
  if (action != "delete" && action != "get") check_manifest(site, tmpl);
}

std::optional<int64_t> whole_number(std::string_view text) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  if (text.empty() || text.size() > 20 || (text[0] != '-' && (text[0] < '0' || text[0] > '9')))
    return std::nullopt;
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  if (text == "-") return std::nullopt;
  // Leading zeros are no part of a JSON number.
  const bool negative = text[0] == '-';
  if (negative) text.remove_prefix(1);
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size() - 1));
  return Value::number(cat(negative && text != "0" ? "-" : "", text)).as_int();
}

void check_deadline(const Site& site, const Value& tmpl) {
  const Value* deadline = tmpl.find("activeDeadlineSeconds");
  if (deadline == nullptr) return;
  const std::string_view text = deadline->as_string();
  const auto seconds = deadline->is_number() ? deadline->as_int() : whole_number(text);
  const bool variable =
      (text.substr(0, 2) == "{{" && text.size() >= 2 && text.substr(text.size() - 2) == "}}") ||
      Placeholders::is(text);
  if (seconds ? *seconds >= 0 : variable) return;
  const At at = site.at.in("activeDeadlineSeconds");
  site.report.add(site.chain, at,
                  cat("templates.", site.name,
                      ".activeDeadlineSeconds must be a positive integer > 0 or an argo variable"));
}

}  // namespace

void check_leaf_body(const Site& site, const Value& tmpl, const Value& template_defaults) {
  if (tmpl.has("container")) check_container(site, tmpl, template_defaults);
  if (tmpl.has("containerSet")) check_container_set(site, tmpl);
  size_t index = 0;
  const At sidecars_at = site.at.in("sidecars");
  for (const Value& sidecar : tmpl["sidecars"].items()) {
    const At at = sidecars_at.item(index++);
    const std::string_view name = sidecar["name"].as_string();
    if (reserved(name))
      site.report.add(site.chain, at,
                      cat("templates.", site.name, ".sidecars: ", go_quote(name),
                          " is a reserved Argo container name"));
  }
  if (tmpl.has("resource")) check_resource(site, tmpl);
  if (tmpl.has("script")) check_image(site, tmpl, "script", template_defaults);
  check_deadline(site, tmpl);
  if (tmpl.has("parallelism")) {
    const At at = site.at.in("parallelism");
    site.report.add(
        site.chain, at,
        cat("templates.", site.name, ".parallelism is only valid for steps and dag templates"));
  }
}

void check_pod_resources(Report& report, const Chain& chain, const At& at, const Value& resources,
                         std::string_view prefix) {
  if (!resources["claims"].empty())
    report.add(chain, at, cat(prefix, ".claims is not supported for pod-level resources"));
  for (const char* list : {"limits", "requests"}) {
    const At list_at = at.in(list);
    for (const json::Member& member : resources[list].members()) {
      const std::string_view name = member.key();
      if (name == "cpu" || name == "memory" || name.rfind("hugepages-", 0) == 0) continue;
      const At item_at = list_at.in(name);
      report.add(chain, item_at,
                 cat(prefix, ": ", go_quote(name),
                     " is not a valid pod-level resource, only cpu, memory and hugepages-* are "
                     "supported"));
    }
  }
}

void check_hooks(Report& report, const Chain& chain, const At& at, const Value& hooks,
                 std::string_view prefix) {
  for (const json::Member& hook : hooks.members()) {
    if (hook.key() == "exit" || !hook.value["expression"].as_string().empty()) continue;
    const At hook_at = at.in(hook.key());
    report.add(chain, hook_at, cat(prefix, ".", hook.key(), " Expression required"));
  }
}

}  // namespace wf::validate::detail
