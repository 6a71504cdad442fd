// SPDX-License-Identifier: Apache-2.0
// sim/course.h: a scenario from its submission to its end, by the real controller under a virtual
// clock, and what must hold on the way and at the end.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/controller.h"
#include "io/file.h"
#include "podspec/podspec.h"
#include "sim/faulty_store.h"
#include "sim/pods.h"

namespace wf::sim {

struct Outcome {
  std::map<std::string, json::Value> workflows;  // what must not depend on faults, by name
  std::map<std::string, int> created;            // pods by node name
  std::vector<std::string> problems;             // what did not hold
  int crashes = 0;
  int steps = 0;
};

class Course {
 public:
  Course(const Scenario& scenario, const Faults& faults, uint64_t seed);
  ~Course();
  Outcome run();
  // Says on standard output what happens.
  void set_verbose() { verbose_ = true; }

 private:
  void open_store();
  void begin();
  void restart();
  void submit();
  bool step();
  void pause();
  void let_on();
  void user_acts();
  void look();
  void look_at(const json::Value& workflow);
  void look_for_lost(const json::Value& workflow);
  bool all_ended() const { return ended_.size() == scenario_.workflows.size(); }
  void conclude();
  void problem(std::string text);

  const Scenario& scenario_;
  const Faults asked_;
  Faults faults_;  // those of the moment
  VirtualClock clock_;
  Seeded random_, ids_;
  podspec::Controller settings_;
  std::optional<io::TempDirectory> folder_;  // of a store in a file
  FaultyStore store_;
  Pods pods_;
  std::unique_ptr<control::Controller> controller_;
  std::map<std::string, json::Value> ended_;  // status of those that have, when they did
  std::map<std::string, Time> missing_;       // nodes without a pod, since when
  Outcome outcome_;
  bool stopped_ = false;
  bool verbose_ = false;
};

}  // namespace wf::sim
