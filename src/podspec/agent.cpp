// SPDX-License-Identifier: Apache-2.0
// The pod that executes a workflow's HTTP and plugin templates (CTR-7).
#include "base/text.h"
#include "expr/duration.h"
#include "json/text.h"
#include "podspec/prepared.h"
#include "spec/merge.h"

namespace wf::podspec {

using json::Value;

namespace {

constexpr std::string_view kCertificates = "argo-workflows-agent-ca-certificates";
constexpr std::string_view kTokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

// Letters that can't be mistaken for one another and make no words.
std::string five_letters(uint64_t random) {
  constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
  std::string out;
  for (int i = 0; i < 5; ++i, random /= letters.size()) out += letters[random % letters.size()];
  return out;
}

struct Token {
  Value volume;
  Value mounted;
};
Result<Token> token_of(const Prepared& prepared, std::string_view account, uint64_t random) {
  const std::string_view name = account.empty() ? "default" : account;
  std::string secret =
      token_secret_name(Value::object({{"metadata", Value::object({{"name", name}})}}));
  if (const auto& lookup = prepared.controller.lookups.token_secret) {
    TRY(secret, lookup(name));
  }
  const std::string volume = "kube-api-access-" + five_letters(random);
  return Token{secret_volume(volume, secret), read_only_mount(volume, kTokenPath)};
}

struct Plugins {
  std::vector<Value> sidecars;
  Value volumes;
  Value addresses = Value::array();
  Value names = Value::array();
};
Result<Plugins> plugins_of(const Prepared& prepared, const AgentInput& input) {
  Plugins out;
  uint64_t random = input.random;
  for (const Value& plugin : input.plugins) {
    const Value& sidecar = plugin["spec"]["sidecar"];
    Value container = sidecar["container"];
    Value run = read_only_mount("var-run-argo", "/var/run/argo");
    run.set("subPath", container["name"]);  // only this plugin's token
    container.at("volumeMounts").push_back(std::move(run));
    if (sidecar["automountServiceAccountToken"].as_bool()) {
      const std::string account = cat(plugin["metadata"]["name"].as_string(), "-executor-plugin");
      random = random * 6364136223846793005u + 1442695040888963407u;
      TRY(Token token, token_of(prepared, account, random >> 16));
      container.at("volumeMounts").push_back(std::move(token.mounted));
      out.volumes.push_back(std::move(token.volume));
    }
    out.addresses.push_back(Value(cat(
        "http://localhost:", container["ports"][size_t{0}]["containerPort"].as_int().value_or(0))));
    out.names.push_back(container["name"]);
    out.sidecars.push_back(std::move(container));
  }
  return out;
}

Value agent_env(const Prepared& prepared, const Plugins& plugins) {
  const config::ControllerFlags& flags = prepared.controller.flags;
  const auto listed = [](const Value& list) {
    return list.empty() ? std::string("null") : json::print(list);
  };
  Value list = Value::array({
      env("ARGO_WORKFLOW_NAME", prepared.workflow.name),
      env("ARGO_WORKFLOW_UID", prepared.workflow.uid),
      env("ARGO_AGENT_PATCH_RATE", expr::to_text(flags.agent_patch_rate)),
      env("ARGO_PLUGIN_ADDRESSES", listed(plugins.addresses)),
      env("ARGO_PLUGIN_NAMES", listed(plugins.names)),
  });
  if (!flags.agent_task_workers.empty())
    list.push_back(env("ARGO_AGENT_TASK_WORKERS", flags.agent_task_workers));
  return list;
}

Value agent_resources(const config::ControllerFlags& flags) {
  return Value::object({
      {"requests", Value::object({{"cpu", "10m"}, {"memory", "64M"}})},
      {"limits",
       Value::object({{"cpu", flags.agent_cpu_limit}, {"memory", flags.agent_memory_limit}})},
  });
}

Container agent_container(const Prepared& prepared, std::string_view name, const Value& environment,
                          const Value& mounts) {
  Container container;
  container.name = name;
  container.fields = Value::object({{"name", name},
                                    {"image", prepared.executor_image},
                                    {"command", Value::array({"argoexec"})},
                                    {"securityContext", minimal_container_security()},
                                    {"resources", agent_resources(prepared.controller.flags)}});
  if (!prepared.pull_policy.is_null())
    container.fields.set("imagePullPolicy", prepared.pull_policy);
  std::vector<std::string> args = {"agent", std::string(name)};
  args.insert(args.end(), prepared.log_options.begin(), prepared.log_options.end());
  container.fields.set("args", texts(args));
  container.env = environment;
  container.mounts = mounts;
  return container;
}

}  // namespace

Result<Value> PodBuilder::build_agent(const AgentInput& input) const {
  const Prepared& prepared = *prepared_;
  const Value& spec = prepared.workflow.spec;
  TRY(Plugins plugins, plugins_of(prepared, input));
  const std::string_view account = spec["serviceAccountName"].as_string();
  auto token = token_of(prepared, account, input.random);
  if (!token) return std::move(token.error()).wrap("failed to get token volumes");

  Draft pod;
  pod.name = Value(spec::agent_pod_name(prepared.workflow.name));
  pod.ns = Value(prepared.workflow.ns);
  pod.labels = prepared.labels;
  pod.labels.set("workflows.argoproj.io/component", "agent");
  pod.annotations.set("kubectl.kubernetes.io/default-container", kMain);
  pod.owners = prepared.owners;
  pod.spec = Value::object({{"restartPolicy", "OnFailure"},
                            {"securityContext", minimal_pod_security()},
                            {"automountServiceAccountToken", false}});
  if (!account.empty()) pod.spec.set("serviceAccountName", account);
  if (const Value* secrets = spec.find("imagePullSecrets"))
    pod.spec.set("imagePullSecrets", *secrets);
  pod.volumes = plugins.volumes;
  pod.volumes.push_back(empty_dir("var-run-argo"));
  pod.volumes.push_back(token->volume);
  Value mounts = Value::array({prepared.run_mount, token->mounted});
  if (input.ca_certificates) {
    pod.volumes.push_back(secret_volume(kCertificates, kCertificates));
    mounts.push_back(read_only_mount(kCertificates, "/etc/ssl/certs/ca-certificates/"));
  }
  const Value environment = agent_env(prepared, plugins);
  pod.init_containers.push_back(agent_container(prepared, kInit, environment, mounts));
  for (Value& sidecar : plugins.sidecars)
    pod.containers.push_back(Container::from(std::move(sidecar)));
  pod.containers.push_back(agent_container(prepared, kMain, environment, mounts));
  add_scheduling(pod, Value(), Value(), spec);
  add_metadata(pod, Value(), spec);
  for (const char* field : {"dnsPolicy", "dnsConfig"}) {
    if (const Value* given = spec.find(field)) pod.spec.set(field, *given);
  }
  if (const std::string_view patch = spec["podSpecPatch"].as_string(); !patch.empty()) {
    const std::string patches[] = {std::string(patch)};
    auto patched = spec::patch_pod_spec(pod.spec_value(), patches);
    if (!patched) return Error("Error applying PodSpecPatch", patched.error().code());
    pod.take_spec(std::move(*patched));
  }
  if (const Value* id = prepared.labels.find("workflows.argoproj.io/controller-instanceid")) {
    pod.labels.set("workflows.argoproj.io/controller-instanceid", *id);
  }
  add_server_defaults(pod);
  return pod.to_value();
}

}  // namespace wf::podspec
