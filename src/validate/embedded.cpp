// SPDX-License-Identifier: Apache-2.0
#include "validate/embedded.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace wf::validate {
namespace {

using json::Value;

// Where pods go and who may do what in a cluster: there is one machine, and one user.
constexpr std::array<std::string_view, 7> kOfSpecs{"nodeSelector",
                                                   "affinity",
                                                   "tolerations",
                                                   "schedulerName",
                                                   "podPriorityClassName",
                                                   "podDisruptionBudget",
                                                   "automountServiceAccountToken"};
constexpr std::array<std::string_view, 6> kOfTemplates{
    "nodeSelector",  "affinity",          "tolerations",
    "schedulerName", "priorityClassName", "automountServiceAccountToken"};

class Finder {
 public:
  void spec(const Value& spec, const std::string& path) {
    for (const std::string_view field : kOfSpecs) note(spec, field, path);
    tmpl(spec["templateDefaults"], cat(path, "/templateDefaults"));
    size_t index = 0;
    for (const Value& item : spec["templates"].items())
      tmpl(item, cat(path, "/templates/", index++));
  }
  std::vector<ClusterOnly> take() { return std::move(found_); }

 private:
  void tmpl(const Value& tmpl, const std::string& path) {
    for (const std::string_view field : kOfTemplates) note(tmpl, field, path);
    size_t group = 0;
    for (const Value& steps : tmpl["steps"].items()) {
      size_t index = 0;
      for (const Value& step : steps.items())
        inlined(step, cat(path, "/steps/", group, "/", index++));
      ++group;
    }
    size_t index = 0;
    for (const Value& task : tmpl["dag"]["tasks"].items())
      inlined(task, cat(path, "/dag/tasks/", index++));
  }
  void inlined(const Value& holder, const std::string& path) {
    if (const Value* inner = holder.find("inline")) tmpl(*inner, cat(path, "/inline"));
  }
  void note(const Value& holder, std::string_view field, const std::string& path) {
    if (!holder.has(field)) return;
    const auto known = std::find_if(found_.begin(), found_.end(),
                                    [&](const ClusterOnly& other) { return other.field == field; });
    if (known != found_.end()) {
      ++known->uses;
    } else {
      found_.push_back({std::string(field), cat(path, "/", field), 1});
    }
  }
  std::vector<ClusterOnly> found_;
};

}  // namespace

std::vector<ClusterOnly> cluster_only_fields(const Value& object) {
  Finder finder;
  const bool cron = object["spec"].has("workflowSpec");
  finder.spec(cron ? object["spec"]["workflowSpec"] : object["spec"],
              cron ? "/spec/workflowSpec" : "/spec");
  return finder.take();
}

}  // namespace wf::validate
