// SPDX-License-Identifier: Apache-2.0
#include "cli/workflow_selection.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "cli/since.h"
#include "cli/workflow_output.h"
#include "print/list_screen.h"
#include "spec/selector.h"

namespace wf::cli {
namespace {

// The label selector that the filters amount to.
Result<std::string> label_query(const Selection& selection) {
  if (selection.completed && selection.running) return Error("--completed and --running cannot be used together");
  TRY_DO(spec::LabelSelector::parse(selection.labels));
  std::vector<std::string> terms;
  if (!selection.labels.empty()) terms.push_back(selection.labels);
  if (!selection.status.empty()) terms.push_back(cat("workflows.argoproj.io/phase in (", join(selection.status, ","), ")"));
  if (selection.completed) terms.emplace_back("workflows.argoproj.io/completed=true");
  if (selection.running) terms.emplace_back("workflows.argoproj.io/completed!=true");
  if (selection.resubmitted) terms.emplace_back("workflows.argoproj.io/resubmitted-from-workflow");
  return join(terms, ",");
}

bool before(std::string_view text, Time limit) {
  const auto time = parse_rfc3339(text);
  return time.ok() && *time < limit;
}
bool after(std::string_view text, Time limit) {
  const auto time = parse_rfc3339(text);
  return time.ok() && *time > limit;
}

Result<void> filter(std::vector<json::Value>& workflows, const Selection& selection) {
  std::erase_if(workflows, [&](const json::Value& workflow) {
    return !workflow["metadata"]["name"].as_string().starts_with(selection.prefix);
  });
  if (!selection.since.empty()) {
    TRY(const Duration span, parse_ago(selection.since));
    const Time limit = now() - span;
    std::erase_if(workflows, [&](const json::Value& workflow) { return !after(workflow["metadata"]["creationTimestamp"].as_string(), limit); });
  }
  if (!selection.older.empty()) {
    TRY(const Duration span, parse_ago(selection.older));
    const Time limit = now() - span;
    std::erase_if(workflows, [&](const json::Value& workflow) { return !before(workflow["status"]["finishedAt"].as_string(), limit); });
  }
  return {};
}

}  // namespace

void Selection::declare_selectors(Flags& flags) {
  flags.text("-l,--selector", labels, "Selector (label query) to filter on, supports '=', '==', and '!='.(e.g. -l key1=value1,key2=value2)");
  flags.text("--field-selector", fields, "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector metadata.name=x)");
}

Result<std::vector<json::Value>> list_workflows(Client& client, const std::string& ns, const Selection& selection,
                                                const std::string& shown) {
  TRY(const std::string labels, label_query(selection));
  std::vector<json::Value> workflows;
  std::string next;
  do {
    TRY(const json::Value page,
        client.get(cat("/api/v1/workflows/", selection.all_namespaces ? "" : io::percent_encode(ns)) +
                   query({{"listOptions.labelSelector", labels},
                          {"listOptions.fieldSelector", selection.fields},
                          {"listOptions.limit", selection.chunk_size ? std::to_string(*selection.chunk_size) : ""},
                          {"listOptions.continue", next},
                          {"fields", shown}})));
    for (const json::Value& item : page["items"].items()) workflows.push_back(item);
    next = page["metadata"]["continue"].as_string();
  } while (!next.empty());
  TRY_DO(filter(workflows, selection));
  print::sort_workflows(workflows);
  return workflows;
}

Result<std::vector<Named>> select_workflows(Client& client, const std::string& ns, const Selection& selection,
                                            const std::vector<std::string>& names) {
  std::vector<Named> chosen;
  if (selection.has_selector()) {
    TRY(const auto listed, list_workflows(client, ns, selection, "metadata,items.metadata"));
    for (const json::Value& workflow : listed) {
      chosen.push_back({std::string(workflow["metadata"]["namespace"].as_string()), std::string(workflow["metadata"]["name"].as_string())});
    }
  }
  for (const std::string& name : names) chosen.push_back({ns, name});
  std::set<std::string> seen;
  std::erase_if(chosen, [&](const Named& each) { return !seen.insert(each.name).second; });
  return chosen;
}

}  // namespace wf::cli
