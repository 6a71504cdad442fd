// SPDX-License-Identifier: Apache-2.0
// print/columns.h: tables of text, aligned as Go's text/tabwriter does it: a column is as wide as its
// widest cell in the lines around, the last cell of a line belongs to no column.
#pragma once
#include <string>
#include <string_view>

namespace wf::print {

// Lines of cells, each but the last ended by a tab; columns are `padding` spaces apart.
std::string aligned(std::string_view lines, size_t padding);

}  // namespace wf::print
