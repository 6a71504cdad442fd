// SPDX-License-Identifier: Apache-2.0
// podspec/podspec.h: from a processed template and its context to the Pod that Argo creates for it.
// A PodBuilder is made once per workflow (and again when its effective spec changes); it prepares
// what all pods of the workflow share, so that `build` copies pointers for most of a pod. Called by
// the engine during a turn; no call does I/O. Rules: POD, SPC-13, CTR, SUB-12, TPL.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "config/controller_config.h"
#include "expr/scope.h"
#include "json/value.h"
#include "spec/names.h"

namespace wf::podspec {

// What an image runs when its container gives no command.
struct ImageCommand {
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
};

// What the builder asks of the world. Each may be left empty.
struct Lookups {
  // For images that the setting `images` does not list. Empty, or an error of it, makes the pod an
  // error: "failed to look-up entrypoint/cmd for image …".
  std::function<Result<ImageCommand>(std::string_view image)> image;
  // Name of the Secret with the token of a ServiceAccount. Empty: token_secret_name of the name
  // only.
  std::function<Result<std::string>(std::string_view service_account)> token_secret;
};

// The token's Secret of a ServiceAccount object: its first secret, else what its annotation
// workflows.argoproj.io/service-account-token.name says, else "<name>.service-account-token".
std::string token_secret_name(const json::Value& service_account);

// One per controller; must outlive the builders made from it.
struct Controller {
  config::ControllerConfig config;
  config::ControllerFlags flags;
  Lookups lookups;
};

struct WorkflowFacts {
  std::string ns;
  std::string name;
  std::string uid;
  json::Value spec;                 // the effective spec, global parameters substituted (SPC-10)
  json::Value artifact_repository;  // resolved (artifact_repository.h); Null: there is none
  spec::PodNames pod_names = spec::PodNames::V2;  // of its annotation or the controller (NOD-13)
  std::string trace_id;  // 32 hex digits, annotation workflows.argoproj.io/trace-id; "": no tracing
};

struct PodInput {
  std::string node_id;
  std::string node_name;
  json::Value tmpl;                    // the processed template, its inputs with their values
  json::Value boundary_template;       // of the boundary node, as resolved (SPC-13); Null: none
  bool include_script_output = false;  // the node's result is used elsewhere
  bool on_exit = false;                // an exit handler's: no workflow deadline, label on-exit
  Time now{};
  Time workflow_deadline{};   // startedAt + spec.activeDeadlineSeconds; unset: none
  Time execution_deadline{};  // of the retry strategy (backoff.maxDuration); unset: none
  Time template_deadline{};   // the node's startedAt + template.timeout; unset: none
  std::vector<std::string>
      failed_hosts;    // RTY: hosts to avoid (retryStrategy.affinity.nodeAntiAffinity)
  json::Value claims;  // status.persistentVolumeClaims; Null: none
};

struct BuiltPod {
  json::Value pod;  // Null: none is to be created, the workflow's deadline has passed (POD-23)
  json::Value
      config_map;    // to be created before the pod; Null unless template or args are long (POD-25)
  json::Value tmpl;  // the template as its executor gets it (ARGO_TEMPLATE)
  std::string progress;  // what the node's progress becomes at creation; "": unchanged
};

// One WorkflowTaskSet's agent pod (CTR-7).
struct AgentInput {
  std::vector<json::Value>
      plugins;                   // ExecutorPlugin objects {metadata, spec.sidecar}, in their order
  bool ca_certificates = false;  // Secret argo-workflows-agent-ca-certificates exists
  uint64_t random = 0;           // makes the token volumes' names unguessable
};

// Whom an artifact is deleted as, in the pod's terms (GCO). Equal ones share a pod.
struct GcIdentity {
  std::string service_account;
  json::Value labels, annotations;  // objects of texts
  std::string pod_spec_patch;
};
// spec.artifactGC overlaid by the artifact's own artifactGC.
GcIdentity gc_identity(const json::Value& spec, const json::Value& artifact);
// <wf>-artgc-wfcomp-N or …-wfdel-N. `strategy`: OnWorkflowCompletion or OnWorkflowDeletion; others
// are errors.
Result<std::string> gc_pod_name(std::string_view workflow, std::string_view strategy,
                                const GcIdentity& identity);
// Value of the label by which the pod finds its tasks.
std::string gc_pod_label(std::string_view pod_name);

struct ArtifactGcInput {
  std::string strategy;
  std::string pod_name;  // gc_pod_name
  GcIdentity identity;
  std::string task_name, task_uid;     // the WorkflowArtifactGCTask that owns the pod
  std::vector<json::Value> locations;  // archive locations and artifacts, whose secrets it needs
  Time now{};
};

struct Prepared;  // what all pods of a workflow share (prepared.h)

class PodBuilder {
 public:
  PodBuilder(const Controller& controller, WorkflowFacts workflow);
  PodBuilder(PodBuilder&&) noexcept;
  PodBuilder& operator=(PodBuilder&&) noexcept;
  ~PodBuilder();

  // The pod of a container, script, containerSet, resource or data template. Errors carry Argo's
  // texts and make the node Error; a lookup's error keeps its code (Unavailable: try again later).
  // `globals` are the workflow's global parameters; what they and the template's inputs don't know
  // stays as it is (SUB-12). They are asked only where something carries a tag.
  Result<BuiltPod> build(const PodInput& input, const expr::Scope& globals) const;
  // The pod that runs HTTP and plugin templates, named <agent node id>-agent.
  Result<json::Value> build_agent(const AgentInput& input) const;
  // The pod that deletes artifacts.
  Result<json::Value> build_artifact_gc(const ArtifactGcInput& input) const;

 private:
  std::unique_ptr<const Prepared> prepared_;
};

}  // namespace wf::podspec
