// SPDX-License-Identifier: Apache-2.0
#include "control/event_object.h"

#include <cstdio>

#include "base/text.h"
#include "store/kinds.h"

namespace wf::control {

using json::Value;

Value event_object(const Value& workflow, const engine::EventNote& note, Time now, uint64_t random) {
  char suffix[24];
  std::snprintf(suffix, sizeof suffix, "%016llx", static_cast<unsigned long long>(random));
  const std::string at = to_rfc3339(now);
  const Value& about = workflow["metadata"];
  return Value::object(
      {{"kind", store::kEvent},
       {"metadata", Value::object({{"name", cat(about["name"].as_string(), ".", suffix)}, {"namespace", about["namespace"]}})},
       {"involvedObject", Value::object({{"kind", store::kWorkflow},
                                         {"namespace", about["namespace"]},
                                         {"name", about["name"]},
                                         {"uid", about["uid"]},
                                         {"apiVersion", store::find_kind(store::kWorkflow)->api_version},
                                         {"resourceVersion", about["resourceVersion"]}})},
       {"reason", note.reason},
       {"message", note.message},
       {"source", Value::object({{"component", "workflow-controller"}})},
       {"firstTimestamp", at},
       {"lastTimestamp", at},
       {"count", 1},
       {"type", note.warning ? "Warning" : "Normal"}});
}

}  // namespace wf::control
