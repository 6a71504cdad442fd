// SPDX-License-Identifier: Apache-2.0
// Documents of any shape: decoding ends, its result reads back as itself, and merging a document
// with itself never crashes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "json/text.h"
#include "spec/codec.h"
#include "spec/merge.h"
#include "spec/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wf;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto strictness : {spec::Strictness::Lenient, spec::Strictness::Strict}) {
    for (const spec::Parsed& parsed : spec::parse_objects(text, strictness)) {
      const spec::Decoded again = spec::decode_all(parsed.type, parsed.object);
      if (!again.error) CHECK(again.value == parsed.object);
      const json::Value printed = spec::encode(parsed.type, parsed.object);
      if (parsed.type != "ObjectMeta") (void)spec::strategic_merge(parsed.type, printed, printed);
    }
  }
  return 0;
}
