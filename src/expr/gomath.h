// SPDX-License-Identifier: Apache-2.0
// expr/gomath.h: Go's math.Pow, whose last digits are its own.
#pragma once

namespace wf::expr {

double power(double x, double y);

}  // namespace wf::expr
