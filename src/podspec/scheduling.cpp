// SPDX-License-Identifier: Apache-2.0
// Where a pod runs and what is written on it: the template's word before its boundary's, before the
// workflow's (SPC-13).
#include <algorithm>

#include "podspec/prepared.h"

namespace wf::podspec {

using json::Value;

namespace {

bool given(const Value& value) {
  return value.is_string() ? !value.as_string().empty() : !value.is_null();
}

void set_first(Value& spec, std::string_view field, std::initializer_list<const Value*> choices) {
  for (const Value* choice : choices) {
    if (!given(*choice)) continue;
    spec.set(field, *choice);
    return;
  }
}

// Null instead of an empty list or map, which does not count as given.
const Value& unless_empty(const Value& value) {
  static const Value null;
  return value.empty() ? null : value;
}

void set_all(Value& target, const Value& more) {
  for (const json::Member& member : more.members()) target.set(member.key(), member.value);
}

}  // namespace

void add_scheduling(Draft& pod, const Value& tmpl, const Value& boundary, const Value& spec) {
  for (const char* field : {"nodeSelector", "tolerations"}) {
    set_first(
        pod.spec, field,
        {&unless_empty(tmpl[field]), &unless_empty(boundary[field]), &unless_empty(spec[field])});
  }
  set_first(pod.spec, "affinity", {&tmpl["affinity"], &boundary["affinity"], &spec["affinity"]});
  set_first(pod.spec, "schedulerName", {&tmpl["schedulerName"], &spec["schedulerName"]});
  set_first(pod.spec, "priorityClassName",
            {&tmpl["priorityClassName"], &spec["podPriorityClassName"]});
  set_first(pod.spec, "securityContext", {&tmpl["securityContext"], &spec["securityContext"]});
  Value aliases = spec["hostAliases"];
  append_all(aliases, tmpl["hostAliases"]);
  if (!aliases.empty()) pod.spec.set("hostAliases", std::move(aliases));
}

void add_metadata(Draft& pod, const Value& tmpl, const Value& spec) {
  for (const Value* source : {&spec["podMetadata"], &tmpl["metadata"]}) {
    set_all(pod.annotations, (*source)["annotations"]);
    set_all(pod.labels, (*source)["labels"]);
  }
}

Value avoid_hosts(Value affinity, std::string_view label, const std::vector<std::string>& hosts) {
  if (hosts.empty() || label.empty()) return affinity;
  const Value rule =
      Value::object({{"key", label}, {"operator", "NotIn"}, {"values", texts(hosts)}});
  Value& terms = affinity.at("nodeAffinity")
                     .at("requiredDuringSchedulingIgnoredDuringExecution")
                     .at("nodeSelectorTerms");
  if (terms.empty()) {
    terms = Value::array({Value::object({{"matchExpressions", Value::array({rule})}})});
    return affinity;
  }
  for (size_t t = 0; t < terms.size(); ++t) {
    Value& expressions = terms.item(t).at("matchExpressions");
    if (expressions.empty()) {
      expressions.push_back(rule);
      return affinity;
    }
    for (size_t e = 0; e < expressions.size(); ++e) {
      Value& known = expressions.item(e);
      if (known["key"].as_string() != label || known["operator"].as_string() != "NotIn") continue;
      Value values = Value::array();
      const auto add = [&values](const Value& host) {
        const auto have = values.items();
        if (std::find(have.begin(), have.end(), host) == have.end()) values.push_back(host);
      };
      for (const Value& host : known["values"].items()) add(host);
      for (const std::string& host : hosts) add(host);
      known.set("values", std::move(values));
      return affinity;
    }
  }
  terms.item(0).at("matchExpressions").push_back(rule);
  return affinity;
}

}  // namespace wf::podspec
