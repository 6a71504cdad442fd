// SPDX-License-Identifier: Apache-2.0
#include "print/style.h"

#include "base/text.h"

namespace wf::print {
namespace {

struct Sign {
  std::string_view name;
  std::string_view utf8;
  std::string_view ascii;
  Colour colour;
};

constexpr Sign kPhases[] = {
    {"Pending", "◷", "Pending", Colour::Yellow}, {"Running", "●", "Running", Colour::Cyan},
    {"Succeeded", "✔", "Succeeded", Colour::Green}, {"Skipped", "○", "Skipped", Colour::Default},
    {"Failed", "✖", "Failed", Colour::Red}, {"Error", "⚠", "Error", Colour::Red},
};
constexpr Sign kConditions[] = {
    {"MetricsError", "✖", "Error", Colour::Red},
    {"SpecWarning", "⚠", "Warning", Colour::Yellow},
};
constexpr Sign kSuspended = {"Suspend", "ǁ", "Suspend", Colour::Cyan};

std::string shown(const Sign& sign, const Style& style) {
  return coloured(style.ascii ? sign.ascii : sign.utf8, sign.colour, style);
}

}  // namespace

std::string coloured(std::string_view text, Colour colour, const Style& style) {
  if (!style.colour) return std::string(text);
  return cat("\x1b[", static_cast<int>(colour), "m", text, "\x1b[0m");
}

std::string phase_sign(std::string_view phase, const Style& style) {
  for (const Sign& sign : kPhases) {
    if (sign.name == phase) return shown(sign, style);
  }
  return {};
}

std::string suspended_sign(const Style& style) { return shown(kSuspended, style); }

std::string condition_sign(std::string_view type, const Style& style) {
  for (const Sign& sign : kConditions) {
    if (sign.name == type) return shown(sign, style);
  }
  return {};
}

}  // namespace wf::print
