// SPDX-License-Identifier: Apache-2.0
#include "io/worker_pool.h"

#include <chrono>

namespace wf::io {

bool WorkerPool::run(Job job) {
  Threads ended;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    jobs_.push_back(std::move(job));
    ended.swap(ended_);
    if (idle_ < jobs_.size() && threads_.size() < threads_max_) {
      const auto self = threads_.emplace(threads_.end());
      *self = std::thread([this, self] { work(self); });
    } else {
      wake_.notify_one();
    }
  }
  for (std::thread& thread : ended) thread.join();
  return true;
}

void WorkerPool::work(Threads::iterator self) {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait_for(lock, std::chrono::seconds(10), [&] { return stopping_ || !jobs_.empty(); });
    --idle_;
    if (stopping_) return;
    if (jobs_.empty()) {
      if (threads_.size() <= threads_kept_) continue;
      ended_.splice(ended_.end(), threads_, self);
      return;
    }
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it holds may take locks of its own
    lock.lock();
  }
}

void WorkerPool::stop() {
  std::deque<Job> dropped;
  Threads threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(jobs_);
    threads.swap(threads_);
    threads.splice(threads.end(), ended_);
    wake_.notify_all();
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace wf::io
