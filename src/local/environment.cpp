// SPDX-License-Identifier: Apache-2.0
#include "local/environment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "base/text.h"
#include "local/host.h"

namespace wf::local {
namespace {

std::string decode_base64(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    int value;
    if (c >= 'A' && c <= 'Z')
      value = c - 'A';
    else if (c >= 'a' && c <= 'z')
      value = c - 'a' + 26;
    else if (c >= '0' && c <= '9')
      value = c - '0' + 52;
    else if (c == '+' || c == '-')
      value = 62;
    else if (c == '/' || c == '_')
      value = 63;
    else
      continue;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (++count == 4) {
      for (const int shift : {16, 8, 0}) out.push_back(static_cast<char>(bits >> shift & 0xff));
      bits = 0;
      count = 0;
    }
  }
  if (count >= 2) out.push_back(static_cast<char>(bits >> (count == 2 ? 4 : 10) & 0xff));
  if (count == 3) out.push_back(static_cast<char>(bits >> 2 & 0xff));
  return out;
}

std::string text_of(const json::Value& value) {
  if (value.is_number()) return std::string(value.number_text());
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  return std::string(value.as_string());
}

Error missing_object(std::string_view kind, std::string_view name) {
  return Error(cat(kind == "Secret" ? "secret" : "configmap", " ", go_quote(name), " not found"),
               Code::NotFound);
}

// `metadata.labels['key']`: the key, or nothing where `path` is not of that form.
std::optional<std::string_view> subscript(std::string_view path, std::string_view prefix) {
  if (path.size() < prefix.size() + 4 || path.substr(0, prefix.size()) != prefix)
    return std::nullopt;
  std::string_view rest = path.substr(prefix.size());
  if (rest.substr(0, 2) != "['" || rest.substr(rest.size() - 2) != "']") return std::nullopt;
  return rest.substr(2, rest.size() - 4);
}

bool is_optional(const json::Value& reference) { return reference["optional"].as_bool(); }

// One valueFrom. No value: an optional reference to what is missing.
Result<std::optional<std::string>> value_from(const json::Value& from, const json::Value& container,
                                              const PodFacts& facts) {
  using Value = std::optional<std::string>;
  for (const auto& [field, kind] :
       {std::pair("configMapKeyRef", "ConfigMap"), std::pair("secretKeyRef", "Secret")}) {
    const json::Value& reference = from[field];
    if (!reference.is_object()) continue;
    const std::string_view name = reference["name"].as_string(), key = reference["key"].as_string();
    if (auto value = object_key(facts.objects, kind, name, key)) return Value(std::move(*value));
    if (is_optional(reference)) return Value();
    if (!object_keys(facts.objects, kind, name)) return missing_object(kind, name);
    return Error(cat("couldn't find key ", key, " in ", kind, " ", facts.ns, "/", name),
                 Code::NotFound);
  }
  if (const json::Value& field = from["fieldRef"]; field.is_object()) {
    TRY(std::string value, field_of(facts, field["fieldPath"].as_string()));
    return Value(std::move(value));
  }
  if (const json::Value& field = from["resourceFieldRef"]; field.is_object()) {
    TRY(std::string value,
        resource_of(container, field["resource"].as_string(), text_of(field["divisor"])));
    return Value(std::move(value));
  }
  return Error("environment variable with a valueFrom that the local driver does not know");
}

Result<void> add_all_of(Environment& out, const json::Value& from, const PodFacts& facts) {
  const std::string_view prefix = from["prefix"].as_string();
  for (const auto& [field, kind] :
       {std::pair("configMapRef", "ConfigMap"), std::pair("secretRef", "Secret")}) {
    const json::Value& reference = from[field];
    if (!reference.is_object()) continue;
    const auto keys = object_keys(facts.objects, kind, reference["name"].as_string());
    if (!keys) {
      if (is_optional(reference)) continue;
      return missing_object(kind, reference["name"].as_string());
    }
    for (const auto& [key, value] : *keys) set(out, cat(prefix, key), value);
  }
  return {};
}

}  // namespace

const std::string* find(const Environment& environment, std::string_view name) {
  for (const auto& [key, value] : environment) {
    if (key == name) return &value;
  }
  return nullptr;
}

void set(Environment& environment, std::string_view name, std::string value) {
  for (auto& [key, old] : environment) {
    if (key == name) {
      old = std::move(value);
      return;
    }
  }
  environment.emplace_back(name, std::move(value));
}

std::optional<Environment> object_keys(const json::Value& objects, std::string_view kind,
                                       std::string_view name) {
  const json::Value* object = objects.find(cat(kind, "/", name));
  if (!object) return std::nullopt;
  Environment out;
  const bool secret = kind == "Secret";
  for (const auto& member : (*object)["data"].members()) {
    set(out, member.key(),
        secret ? decode_base64(member.value.as_string()) : text_of(member.value));
  }
  for (const auto& member : (*object)[secret ? "stringData" : "binaryData"].members()) {
    set(out, member.key(),
        secret ? text_of(member.value) : decode_base64(member.value.as_string()));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<std::string> object_key(const json::Value& objects, std::string_view kind,
                                      std::string_view name, std::string_view key) {
  const auto keys = object_keys(objects, kind, name);
  if (!keys) return std::nullopt;
  const std::string* value = find(*keys, key);
  return value ? std::optional<std::string>(*value) : std::nullopt;
}

Result<std::string> field_of(const PodFacts& facts, std::string_view path) {
  const json::Value& metadata = facts.pod["metadata"];
  if (path == "metadata.name") return std::string(metadata["name"].as_string());
  if (path == "metadata.namespace") return facts.ns;
  if (path == "metadata.uid") return facts.uid;
  if (path == "spec.nodeName") return facts.node_name;
  if (path == "spec.serviceAccountName") {
    const std::string_view name = facts.pod["spec"]["serviceAccountName"].as_string();
    return std::string(name.empty() ? "default" : name);
  }
  if (path == "status.hostIP" || path == "status.hostIPs") return host_address();
  if (path == "status.podIP" || path == "status.podIPs") return facts.pod_ip;
  for (const std::string_view field : {"labels", "annotations"}) {
    const std::string prefix = cat("metadata.", field);
    if (const auto key = subscript(path, prefix)) return text_of(metadata[field][*key]);
    if (path != prefix) continue;
    std::string lines;
    std::vector<std::string> sorted;
    for (const auto& member : metadata[field].members()) {
      sorted.push_back(cat(member.key(), "=", go_quote(text_of(member.value))));
    }
    std::sort(sorted.begin(), sorted.end());
    return join(sorted, "\n");
  }
  return Error(cat("unsupported fieldPath: ", path));
}

Result<int64_t> quantity_milli(std::string_view text) {
  struct Suffix {
    std::string_view text;
    double factor;
  };
  static constexpr std::array<Suffix, 15> kSuffixes{{{"Ki", 1024.0},
                                                     {"Mi", 1048576.0},
                                                     {"Gi", 1073741824.0},
                                                     {"Ti", 1099511627776.0},
                                                     {"Pi", 1125899906842624.0},
                                                     {"Ei", 1152921504606846976.0},
                                                     {"n", 1e-9},
                                                     {"u", 1e-6},
                                                     {"m", 1e-3},
                                                     {"k", 1e3},
                                                     {"M", 1e6},
                                                     {"G", 1e9},
                                                     {"T", 1e12},
                                                     {"P", 1e15},
                                                     {"E", 1e18}}};
  const std::string copy(text);
  char* end = nullptr;
  double value = std::strtod(copy.c_str(), &end);
  const std::string_view rest =
      std::string_view(copy).substr(static_cast<size_t>(end - copy.c_str()));
  double factor = 1;
  if (!rest.empty()) {
    const auto found = std::find_if(kSuffixes.begin(), kSuffixes.end(),
                                    [&](const Suffix& s) { return s.text == rest; });
    factor = found == kSuffixes.end() ? 0 : found->factor;
  }
  if (end == copy.c_str() || factor == 0) return Error(cat("not a quantity: ", go_quote(text)));
  value = std::ceil(value * factor * 1000);
  return value > 9.2e18 ? INT64_MAX : static_cast<int64_t>(value);
}

Result<std::string> resource_of(const json::Value& container, std::string_view resource,
                                std::string_view divisor) {
  const auto parts = split(resource, ".");
  if (parts.size() < 2 || (parts[0] != "limits" && parts[0] != "requests")) {
    return Error(cat("unsupported resource: ", resource));
  }
  const std::string_view name = std::string_view(resource).substr(parts[0].size() + 1);
  const json::Value& resources = container["resources"];
  std::string text = text_of(resources[parts[0]][name]);
  if (text.empty() && parts[0] == "requests") text = text_of(resources["limits"][name]);
  if (text.empty()) return std::string("0");
  TRY(const int64_t value, quantity_milli(text));
  int64_t unit = 1000;
  if (!divisor.empty() && divisor != "0") {
    TRY(unit, quantity_milli(divisor));
  }
  return std::to_string(value / unit + (value % unit != 0 ? 1 : 0));
}

std::string expand(std::string_view text, const Environment& environment) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out.push_back(text[i]);
    } else if (text[i + 1] == '$') {
      out.push_back('$');
      ++i;
    } else if (const size_t end = text.find(')', i);
               text[i + 1] == '(' && end != std::string_view::npos) {
      const std::string* value = find(environment, text.substr(i + 2, end - i - 2));
      out.append(value ? std::string_view(*value) : text.substr(i, end - i + 1));
      i = end;
    } else {
      out.push_back('$');
    }
  }
  return out;
}

Result<Environment> environment_of(const json::Value& container, const PodFacts& facts) {
  Environment out;
  for (const json::Value& from : container["envFrom"].items()) TRY_DO(add_all_of(out, from, facts));
  for (const json::Value& item : container["env"].items()) {
    const std::string_view name = item["name"].as_string();
    const json::Value& from = item["valueFrom"];
    if (!from.is_object() || from.empty()) {
      set(out, name, expand(text_of(item["value"]), out));
      continue;
    }
    TRY(std::optional<std::string> value, value_from(from, container, facts));
    if (value) set(out, name, std::move(*value));
  }
  return out;
}

std::vector<ObjectReference> references_of(const json::Value& pod) {
  std::vector<ObjectReference> out;
  const auto add = [&](std::string_view kind, const json::Value& name, bool optional) {
    if (name.as_string().empty()) return;
    for (ObjectReference& known : out) {
      if (known.kind == kind && known.name == name.as_string()) {
        known.optional = known.optional && optional;
        return;
      }
    }
    out.push_back({std::string(kind), std::string(name.as_string()), optional});
  };
  const json::Value& spec = pod["spec"];
  for (const char* list : {"initContainers", "containers"}) {
    for (const json::Value& container : spec[list].items()) {
      for (const json::Value& item : container["env"].items()) {
        const json::Value& from = item["valueFrom"];
        add("ConfigMap", from["configMapKeyRef"]["name"], is_optional(from["configMapKeyRef"]));
        add("Secret", from["secretKeyRef"]["name"], is_optional(from["secretKeyRef"]));
      }
      for (const json::Value& from : container["envFrom"].items()) {
        add("ConfigMap", from["configMapRef"]["name"], is_optional(from["configMapRef"]));
        add("Secret", from["secretRef"]["name"], is_optional(from["secretRef"]));
      }
    }
  }
  for (const json::Value& volume : spec["volumes"].items()) {
    add("ConfigMap", volume["configMap"]["name"], is_optional(volume["configMap"]));
    add("Secret", volume["secret"]["secretName"], is_optional(volume["secret"]));
    for (const json::Value& source : volume["projected"]["sources"].items()) {
      add("ConfigMap", source["configMap"]["name"], is_optional(source["configMap"]));
      add("Secret", source["secret"]["name"], is_optional(source["secret"]));
    }
  }
  // Without the secret of a registry Kubernetes pulls all the same.
  for (const json::Value& item : spec["imagePullSecrets"].items())
    add("Secret", item["name"], true);
  return out;
}

}  // namespace wf::local
