// SPDX-License-Identifier: Apache-2.0
// print/list_screen.h: the tables that `argo list`, `argo template list`, `argo cron list` and
// `argo archive list` print. Pure text from values.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "json/value.h"

namespace wf::print {

struct ListOptions {
  bool headers = true;
  bool namespaces = false;  // a column of them
  bool wide = false;
  bool uids = false;
};

// Workflows, with a word about cost where there are more than 100. "No workflows found\n" for none.
std::string workflow_list(std::span<const json::Value> workflows, const ListOptions& options, Time now);

// The order of lists: unfinished ones first, the youngest first; then by when they finished.
void sort_workflows(std::vector<json::Value>& workflows);

// WorkflowTemplates, or ClusterWorkflowTemplates (never with namespaces).
std::string template_list(std::span<const json::Value> templates, bool namespaces);
std::string cron_list(std::span<const json::Value> crons, bool namespaces, Time now);

}  // namespace wf::print
