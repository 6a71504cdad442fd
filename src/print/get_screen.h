// SPDX-License-Identifier: Apache-2.0
// print/get_screen.h: what `argo get` prints of a workflow. Pure text from values; `now` is for what
// is still running and for how long ago things were.
#pragma once
#include <string>

#include "base/time.h"
#include "json/value.h"
#include "print/start_order.h"
#include "print/style.h"
#include "spec/selector.h"

namespace wf::print {

struct GetOptions {
  enum class Output { Normal, Wide, Short } output = Output::Normal;
  Style style;
  // --node-field-selector, or --status as "phase=X": nodes that don't match are left out.
  spec::FieldSelector nodes;
  // Orders nodes of one second, before their names do.
  const StartOrder* order = nullptr;
};

// `workflow` as the API gives it, with its status.
std::string get_screen(const json::Value& workflow, const GetOptions& options, Time now);

// "Running (Suspended)", "Failed (Terminated)", "Pending", …: the status as lists show it, too.
std::string workflow_status(const json::Value& workflow);

}  // namespace wf::print
