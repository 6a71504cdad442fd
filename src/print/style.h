// SPDX-License-Identifier: Apache-2.0
// print/style.h: how a terminal shows phases: signs or words, coloured or not.
#pragma once
#include <string>
#include <string_view>

namespace wf::print {

struct Style {
  bool colour = false;
  bool ascii = false;  // --no-utf8
};

enum class Colour { Red = 31, Green = 32, Yellow = 33, Cyan = 36, Default = 39 };

std::string coloured(std::string_view text, Colour colour, const Style& style);

// The sign of a node's phase: "✔", or "Succeeded". "" where a phase has none (Omitted).
std::string phase_sign(std::string_view phase, const Style& style);
std::string suspended_sign(const Style& style);
// In front of a workflow's condition: only those that mean trouble have one.
std::string condition_sign(std::string_view type, const Style& style);

}  // namespace wf::print
