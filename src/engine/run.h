// SPDX-License-Identifier: Apache-2.0
// engine/run.h: one workflow being run: the turn. A Run holds a workflow in memory between turns, so
// that a turn costs what changed and not what there is. It is used by one thread at a time; it reads
// no clock, makes no random numbers, does no I/O. Called by control and simulate.
//
//   auto run = Run::load(workflow, world);       // a Workflow object in normal form, status and all
//   Turn turn = run->turn(observed, now);        // then: save run->header()/changed nodes, act, wait
//
// What a user changes in the object meanwhile (suspend, shutdown, labels …) is loaded anew.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/node_json.h"
#include "engine/node_table.h"
#include "engine/world.h"

namespace wf::engine {

struct State;

class Run {
 public:
  // InvalidArgument where status.nodes cannot be read.
  static Result<std::unique_ptr<Run>> load(const json::Value& workflow, World& world);
  ~Run();

  // Brings the workflow as far as what is seen allows. A broken belief of ours (Bug) leaves it unusable.
  Turn turn(const Observed& observed, Time now);

  // A workflow that has not begun and may not yet (REC-4): Pending, with the reason.
  void postpone(std::string_view reason);

  const std::string& ns() const;
  const std::string& name() const;
  const std::string& phase() const;
  bool ended() const;
  const NodeTable& nodes() const;

  // The nodes that changed since the last call, to be saved.
  std::vector<NodeIndex> take_changed_nodes();
  // The object as the API shows it; `exact` keeps fractions of seconds, as a store needs.
  json::Value object(Times times = Times::Seconds);
  // The same without status.nodes.
  json::Value header(Times times = Times::Seconds) const;

  // Forgets what is only remembered: the next turn walks over everything. For tests: the outcome is
  // the same.
  void forget();

 private:
  explicit Run(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace wf::engine
