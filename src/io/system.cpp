// SPDX-License-Identifier: Apache-2.0
#include "io/system.h"

#include <sys/random.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/check.h"

namespace wf::io {

Time SystemClock::now() const { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

uint64_t SystemRandom::next() {
  uint64_t bits = 0;
  CHECK(::getrandom(&bits, sizeof bits, 0) == sizeof bits);
  return bits;
}

std::string new_uuid(Random& random) {
  const uint64_t high = (random.next() & ~0xf000ull) | 0x4000ull;
  const uint64_t low = (random.next() & ~(3ull << 62)) | (2ull << 62);
  char text[40];
  std::snprintf(text, sizeof text, "%08llx-%04llx-%04llx-%04llx-%012llx",
                static_cast<unsigned long long>(high >> 32), static_cast<unsigned long long>(high >> 16 & 0xffff),
                static_cast<unsigned long long>(high & 0xffff), static_cast<unsigned long long>(low >> 48),
                static_cast<unsigned long long>(low & 0xffffffffffffull));
  return text;
}

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

std::string local_time_zone() {
  if (auto zone = environment("TZ"); zone && !zone->empty()) {
    if (zone->front() == ':') zone->erase(0, 1);
    return *zone;
  }
  char target[512];
  const ssize_t size = ::readlink("/etc/localtime", target, sizeof target);
  const std::string_view path(target, size > 0 ? static_cast<size_t>(size) : 0);
  constexpr std::string_view kFolder = "/zoneinfo/";
  const size_t at = path.find(kFolder);
  return at == path.npos ? "UTC" : std::string(path.substr(at + kFolder.size()));
}

}  // namespace wf::io
