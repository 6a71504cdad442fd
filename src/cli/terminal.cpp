// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <unistd.h>

#include <cstdio>

#include "base/text.h"
#include "cli/flags.h"
#include "io/system.h"

namespace wf::cli {

bool on_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

print::Style output_style(bool no_color, bool no_utf8) {
  const bool forbidden = no_color || !io::environment("NO_COLOR").value_or("").empty() ||
                         io::environment("TERM").value_or("") == "dumb";
  return {!forbidden && on_terminal(), no_utf8};
}

void Screen::show(std::string_view text) {
  if (drawn_ && text == shown_) return;
  if (on_terminal()) {
    // Home, the lines each cleared to their end, then what is left below: nothing flickers.
    print(drawn_ ? "\x1b[H" : "\x1b[2J\x1b[H");
    print(replace_all(text, "\n", "\x1b[K\n"));
    print("\x1b[J");
  } else {
    print(text);
  }
  std::fflush(stdout);
  shown_ = text;
  drawn_ = true;
}

}  // namespace wf::cli
