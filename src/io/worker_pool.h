// SPDX-License-Identifier: Apache-2.0
// io/worker_pool.h: threads that run jobs, as many as there are jobs at a time up to a limit; idle
// ones above a few end. For jobs that wait on peers, not for computing.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace wf::io {

class WorkerPool {
 public:
  using Job = std::function<void()>;
  explicit WorkerPool(size_t threads_max, size_t threads_kept = 4)
      : threads_max_(threads_max), threads_kept_(threads_kept) {}
  ~WorkerPool() { stop(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs it soon, on some thread; waits in line where all are busy. Jobs must not throw.
  // False after stop(): the job is dropped.
  bool run(Job job);
  // Waits for the running jobs and drops those that wait in line. Not from a job.
  void stop();

 private:
  using Threads = std::list<std::thread>;
  void work(Threads::iterator self);

  const size_t threads_max_, threads_kept_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  Threads threads_, ended_;  // ended ones wait to be joined
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace wf::io
