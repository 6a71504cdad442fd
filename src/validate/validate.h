// SPDX-License-Identifier: Apache-2.0
// validate/validate.h: whether Argo would accept an object, in Argo's words (rules VAL-1 to
// VAL-38). Argo stops at the first problem: it is the first diagnostic, and it is what callers show
// as `invalid spec: …`; further ones that do not follow from it come after it. An object is valid
// if and only if there is none. Objects are decoded documents (spec/codec.h). Pure; linear in the
// size of the object and of the templates that it uses.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "spec/template.h"

namespace wf::validate {

struct Diagnostic {
  std::string message;  // with the chain of steps and tasks that led there
  std::string path;     // RFC 6901 pointer: "/spec/templates/0/container/image"
  spec::Scope where;    // of the object that the path is in; Local: the object itself
  std::string hint;     // advice, or ""
};

// The template objects of the workflow's namespace and of the cluster, decoded.
// Code::NotFound where there is none: as the API server answers; other errors are shown as they
// are.
class Lookup {
 public:
  virtual ~Lookup() = default;
  virtual Result<json::Value> workflow_template(std::string_view name) const = 0;
  virtual Result<json::Value> cluster_workflow_template(std::string_view name) const = 0;
};

struct Options {
  bool lint = false;    // arguments of the workflow may lack values
  bool submit = false;  // arguments of a template that is submitted must have values
  const json::Value* defaults = nullptr;  // the controller's workflowDefaults, a Workflow
};

std::vector<Diagnostic> workflow(const json::Value& object, const Lookup& lookup,
                                 const Options& options = {});
std::vector<Diagnostic> workflow_template(const json::Value& object, const Lookup& lookup,
                                          const Options& options = {});
std::vector<Diagnostic> cluster_workflow_template(const json::Value& object, const Lookup& lookup,
                                                  const Options& options = {});
// Options' lint does not count here.
std::vector<Diagnostic> cron_workflow(const json::Value& object, const Lookup& lookup,
                                      const Options& options = {});

}  // namespace wf::validate
