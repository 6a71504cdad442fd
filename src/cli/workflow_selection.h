// SPDX-License-Identifier: Apache-2.0
// cli/workflow_selection.h: which workflows a verb is about: by filters, as `argo list` has them.
#pragma once
#include <string>
#include <vector>

#include "cli/client.h"

namespace wf::cli {

struct Selection {
  std::vector<std::string> status;
  std::string prefix, labels, fields, older, since;
  std::optional<int64_t> chunk_size;
  bool completed = false, running = false, resubmitted = false, all_namespaces = false;

  void declare_selectors(Flags& flags);  // -l, --field-selector
  bool has_selector() const { return !labels.empty() || !fields.empty(); }
};

// In the order of lists. `shown`: the fields that are read, "" for all.
Result<std::vector<json::Value>> list_workflows(Client& client, const std::string& ns, const Selection& selection,
                                                const std::string& shown);

// Those that the selectors choose (where there are any), then the named ones; each once.
Result<std::vector<Named>> select_workflows(Client& client, const std::string& ns, const Selection& selection,
                                            const std::vector<std::string>& names);

}  // namespace wf::cli
