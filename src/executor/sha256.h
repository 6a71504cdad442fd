// SPDX-License-Identifier: Apache-2.0
// executor/sha256.h: SHA-256 of a stream.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wf::executor {

class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();
  void add(std::string_view data);
  std::string hex();  // ends it

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wf::executor
