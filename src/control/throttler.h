// SPDX-License-Identifier: Apache-2.0
// control/throttler.h: how many workflows run at once, in all and in one namespace (PAR-8). Pure
// bookkeeping; used under its owner's lock.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"

namespace wf::control {

class Throttler {
 public:
  // 0: no limit.
  Throttler(int64_t in_all, int64_t in_namespace) : in_all_(in_all), in_namespace_(in_namespace) {}

  struct Asking {
    std::string key;
    std::string ns;
    int64_t priority = 0;
    Time created_at{};
  };
  // Whether it may run now; one that may not waits in line. `admitted` gets the others whose turn
  // has come meanwhile.
  bool admit(const Asking& asking, std::vector<std::string>& admitted);
  // It runs already, whatever the limits say (after a restart).
  void runs(const std::string& key, const std::string& ns);
  // It has ended or is gone. Gives those whose turn has come.
  std::vector<std::string> release(const std::string& key);
  // Those that run or wait.
  size_t size() const { return running_.size() + waiting_.size(); }

 private:
  struct Place {
    int64_t priority;
    Time created_at;
    std::string key;
    bool operator<(const Place& other) const;
  };
  std::vector<std::string> fill();
  bool fits(const std::string& ns) const;

  int64_t in_all_, in_namespace_;
  std::map<std::string, std::string> running_;  // key to namespace
  std::map<std::string, int64_t> running_in_;   // by namespace
  std::set<Place> line_;
  std::map<std::string, Asking> waiting_;       // those in line, by key
};

}  // namespace wf::control
