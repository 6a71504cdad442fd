// SPDX-License-Identifier: Apache-2.0
// cli/terminal.h: what standard output is: a terminal that shows colours, or a pipe.
#pragma once
#include <string>
#include <string_view>

#include "print/style.h"

namespace wf::cli {

bool on_terminal();
// Colours on a terminal, unless --no-color or NO_COLOR forbid them.
print::Style output_style(bool no_color, bool no_utf8 = false);

// A text that changes. On a terminal each takes the place of the one before; in a pipe it is printed
// when it differs.
class Screen {
 public:
  void show(std::string_view text);

 private:
  std::string shown_;
  bool drawn_ = false;
};

}  // namespace wf::cli
