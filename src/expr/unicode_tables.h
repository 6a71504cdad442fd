// SPDX-License-Identifier: Apache-2.0
// expr/unicode_tables.h: the Unicode data behind expr/unicode.h; only unicode.cpp reads it.
#pragma once
#include <cstddef>
#include <cstdint>

namespace wf::expr::unicode {

struct Run {
  uint32_t first, last;
  uint8_t step;
};
struct CaseRun {
  uint32_t first, last;
  uint8_t step;
  int32_t delta;
};

#define WF_UNICODE_RUNS(name)    \
  extern const Run k##name[];    \
  extern const size_t k##name##Count;
WF_UNICODE_RUNS(Letters)
WF_UNICODE_RUNS(Upper)
WF_UNICODE_RUNS(Lower)
WF_UNICODE_RUNS(Title)
WF_UNICODE_RUNS(Punct)
WF_UNICODE_RUNS(Digits)
WF_UNICODE_RUNS(Numbers)
#undef WF_UNICODE_RUNS

extern const CaseRun kToUpper[], kToLower[], kToTitle[];
extern const size_t kToUpperCount, kToLowerCount, kToTitleCount;

}  // namespace wf::expr::unicode
