// SPDX-License-Identifier: Apache-2.0
// print/fields.h: the lines "Label:       value" at the top of a screen, and values in them.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "json/value.h"
#include "print/style.h"

namespace wf::print {

class Fields {
 public:
  explicit Fields(size_t width) : width_(width) {}
  void add(std::string_view label, std::string_view value);
  // "Started", "Finished", … where the time is set.
  void add_time(std::string_view label, std::string_view time, Time now);
  // status.conditions below a heading; nothing where there are none.
  void add_conditions(const json::Value& conditions, const Style& style);
  // Parameters that have a value, below a heading where the list has any.
  void add_parameters(std::string_view heading, const json::Value& list);
  const std::string& text() const { return text_; }

 private:
  size_t width_;
  std::string text_;
};

// "Mon Jan 02 15:04:05 +0000 (3 minutes ago)"; `time` is RFC 3339 text.
std::string timestamp(std::string_view time, Time now);
// From one RFC 3339 time to another, or to now; nothing where there is no start.
Duration elapsed(std::string_view started, std::string_view finished, Time now);
// What a parameter has: its value, its default, "" where it would have come from somewhere.
std::optional<std::string> parameter_value(const json::Value& parameter);
// The service account that a workflow's pods get, or what stands for it.
std::string service_account(const json::Value& workflow);
// The spec that runs: the stored one of a workflow made from a template, else its own.
const json::Value& executed_spec(const json::Value& workflow);

}  // namespace wf::print
