// SPDX-License-Identifier: Apache-2.0
// control/serial_backend.h: lets many threads use a Backend that allows one caller at a time.
#pragma once
#include <mutex>

#include "engine/ports.h"

namespace wf::control {

class SerialBackend final : public engine::Backend {
 public:
  explicit SerialBackend(engine::Backend& backend) : backend_(backend) {}

  void on_change(Changed changed) override { backend_.on_change(std::move(changed)); }
  Result<void> create(const engine::PodRequest& request) override {
    const std::lock_guard lock(mutex_);
    return backend_.create(request);
  }
  void terminate(const std::string& ns, const std::string& pod, Duration grace) override {
    const std::lock_guard lock(mutex_);
    backend_.terminate(ns, pod, grace);
  }
  void remove(const std::string& ns, const std::string& pod) override {
    const std::lock_guard lock(mutex_);
    backend_.remove(ns, pod);
  }
  Result<engine::PodSeen> seen(const std::string& ns, const std::string& pod) override {
    const std::lock_guard lock(mutex_);
    return backend_.seen(ns, pod);
  }
  engine::TaskResult result(const std::string& ns, const std::string& pod) override {
    const std::lock_guard lock(mutex_);
    return backend_.result(ns, pod);
  }
  std::vector<engine::PodSeen> list(const std::string& ns, const std::string& workflow) override {
    const std::lock_guard lock(mutex_);
    return backend_.list(ns, workflow);
  }
  // Allowed from any thread, and long: without the lock.
  Result<void> read_log(const std::string& ns, const std::string& pod, const std::string& container,
                        const engine::LogQuery& query,
                        const std::function<bool(const engine::LogLine&)>& line) override {
    return backend_.read_log(ns, pod, container, query, line);
  }

 private:
  engine::Backend& backend_;
  std::mutex mutex_;
};

}  // namespace wf::control
