// SPDX-License-Identifier: Apache-2.0
#include "print/columns.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "base/utf8.h"

namespace wf::print {
namespace {

using Line = std::vector<std::string_view>;

struct Table {
  std::vector<Line> lines;
  std::vector<std::vector<size_t>> widths;  // of the cells of each line that end with a tab
  size_t padding;

  // Gives the lines [from, to) their width in this column and those to its right. A line without the
  // cell ends the block of lines that share a width.
  void measure(size_t column, size_t from, size_t to) {
    for (size_t line = from; line < to; ++line) {
      if (column + 1 >= lines[line].size()) continue;
      const size_t start = line;
      size_t width = 0;
      for (; line < to && column + 1 < lines[line].size(); ++line) {
        width = std::max(width, rune_count(lines[line][column]) + padding);
      }
      for (size_t i = start; i < line; ++i) widths[i].push_back(width);
      measure(column + 1, start, line);
    }
  }
};

}  // namespace

std::string aligned(std::string_view text, size_t padding) {
  Table table{{}, {}, padding};
  for (const auto line : split(text, "\n")) table.lines.push_back(split(line, "\t"));
  table.widths.resize(table.lines.size());
  table.measure(0, 0, table.lines.size());
  std::string out;
  for (size_t i = 0; i < table.lines.size(); ++i) {
    if (i > 0) out.push_back('\n');
    for (size_t column = 0; column < table.lines[i].size(); ++column) {
      const auto cell = table.lines[i][column];
      out.append(cell);
      if (column < table.widths[i].size()) out.append(table.widths[i][column] - rune_count(cell), ' ');
    }
  }
  return out;
}

}  // namespace wf::print
