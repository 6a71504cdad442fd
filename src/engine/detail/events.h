// SPDX-License-Identifier: Apache-2.0
// engine/detail/events.h: the Kubernetes events that tell what became of nodes (PST-6).
#pragma once
#include "engine/detail/state.h"

namespace wf::engine {

// Compares changed nodes with the phases they had after the last turn, and remembers the new ones.
void note_node_events(State& state, Turn& turn);

}  // namespace wf::engine
