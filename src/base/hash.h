// SPDX-License-Identifier: Apache-2.0
// base/hash.h: the hashes that names are made of.
#pragma once
#include <cstdint>
#include <string_view>

namespace wf {

// FNV-1a, 32 and 64 bits (offset basis and prime as published by Fowler, Noll and Vo).
constexpr uint32_t fnv1a_32(std::string_view text, uint32_t hash = 2166136261u) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}
constexpr uint64_t fnv1a_64(std::string_view text, uint64_t hash = 14695981039346656037ull) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return hash;
}

}  // namespace wf
