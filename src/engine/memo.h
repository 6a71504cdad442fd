// SPDX-License-Identifier: Apache-2.0
// engine/memo.h: memoization entries as they lie in ConfigMaps (rules MEM-2, MEM-3). Pure.
#pragma once
#include <optional>
#include <string_view>

#include "base/result.h"
#include "engine/world.h"
#include "json/value.h"

namespace wf::engine {

// The entry under a key of a cache ConfigMap (Null: there is none, a miss). The ConfigMap's label
// must say that it is a cache.
Result<std::optional<MemoEntry>> memo_entry(const json::Value& config_map, std::string_view key);
// The ConfigMap with the entry; a new one where `config_map` is Null.
Result<json::Value> with_memo_entry(const json::Value& config_map, std::string_view ns, std::string_view name,
                                    std::string_view key, const MemoEntry& entry);

}  // namespace wf::engine
