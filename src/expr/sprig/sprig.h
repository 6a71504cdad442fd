// SPDX-License-Identifier: Apache-2.0
// expr/sprig/sprig.h: the functions of Masterminds/sprig 3.3.0 as expressions reach them through
// `sprig.NAME(...)`, without env and expandenv (XPR-1). Arguments have been checked by checked_call
// (expr/functions.h); a panic of the original is an Error with its text.
// What differs: dictionaries are values, so set, unset and merge give a changed copy and leave the
// argument as it was; keys and values come in order. Functions that would make keys or
// certificates, or ask the network, are there and fail.
#pragma once
#include "base/time.h"
#include "expr/functions.h"

namespace wf::expr {

// Where functions that depend on more than their arguments get it from. One that is missing makes
// its functions fail ("sprig.now: there is no clock here"). Both must outlive the functions.
struct SprigSources {
  const Clock* clock = nullptr;
  Random* random = nullptr;
};

FunctionTable sprig_functions(SprigSources sources = {});

}  // namespace wf::expr
