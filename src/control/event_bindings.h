// SPDX-License-Identifier: Apache-2.0
// control/event_bindings.h: what a WorkflowEventBinding makes of an event: a workflow from the
// template that it names, with arguments, name and labels evaluated over the event.
#pragma once
#include <optional>

#include "control/object_cache.h"
#include "control/operations.h"
#include "expr/program.h"

namespace wf::control {

// The variables of a binding's expressions: namespace, discriminator, metadata, payload.
expr::MapEnvironment event_environment(const ReceivedEvent& event);

// The workflow to create; nothing where the binding's selector does not hold for the event.
Result<std::optional<json::Value>> workflow_of_event(const json::Value& binding, const expr::MapEnvironment& event,
                                                     ObjectCache& objects, Random& random);

}  // namespace wf::control
