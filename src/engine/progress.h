// SPDX-License-Identifier: Apache-2.0
// engine/progress.h: progress and used resources of nodes that stand for others (PRG-4, PRG-8).
#pragma once
#include "engine/node_table.h"

namespace wf::engine {

// Sets them on every non-executable node from its descendants, and default progress on the others.
void sum_up(NodeTable& nodes);

}  // namespace wf::engine
