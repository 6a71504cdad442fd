// SPDX-License-Identifier: Apache-2.0
// local/probe.h: asks a running container again and again whether it is well: exec, httpGet,
// tcpSocket.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/fd.h"
#include "io/process.h"
#include "local/driver.h"

namespace wf::local {

class Probe {
 public:
  // `spec` is the Probe of the container, `good` what holds until it says otherwise. `changed` gets
  // each new verdict, from the loop; it may destroy this.
  Probe(Loop& loop, PodDriver& driver, const ContainerPlan& plan, json::Value spec, bool good,
        std::function<void(bool)> changed);
  ~Probe();

 private:
  void schedule(Duration rest);
  void ask();
  void ask_program();
  void ask_network();
  void answer(bool good);
  void drop();

  Loop& loop_;
  PodDriver& driver_;
  const ContainerPlan& plan_;
  json::Value spec_;
  std::function<void(bool)> changed_;
  std::optional<Loop::Timer> timer_;
  std::unique_ptr<io::Process> program_;
  io::Fd socket_;
  std::string received_;
  bool sent_ = false;
  bool good_ = false;
  int64_t in_a_row_ = 0;  // answers that contradict good_
};

}  // namespace wf::local
