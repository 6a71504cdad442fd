// SPDX-License-Identifier: Apache-2.0
// engine/node_json.h: nodes as status.nodes shows and stores them (NodeStatus of the API).
#pragma once
#include "base/result.h"
#include "engine/node_table.h"

namespace wf::engine {

enum class Times { Seconds, Exact };  // Exact keeps fractions of a second: what a store needs

json::Value node_to_json(const NodeTable& table, NodeIndex index, Times times = Times::Seconds);
// All of them, as the object status.nodes.
json::Value nodes_to_json(const NodeTable& table, Times times = Times::Seconds);
// Fills an empty table. Ids that name no node are dropped (a manual retry leaves some, MRT-10).
// InvalidArgument where a node has no name or a name stands twice.
Result<void> nodes_from_json(const json::Value& nodes, NodeTable& table);

std::string time_text(Time time, Times times);

}  // namespace wf::engine
