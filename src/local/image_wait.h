// SPDX-License-Identifier: Apache-2.0
// local/image_wait.h: gets one container's image ready without blocking the supervisor: pulls by a
// process of its own, again and again with growing rests, and says meanwhile what Kubernetes would.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/process.h"
#include "local/driver.h"
#include "local/image_store.h"

namespace wf::local {

class ImageWait {
 public:
  struct Ask {
    std::string reference;
    std::string policy;     // as written; "" where it isn't
    std::string auth_file;  // "": skopeo's own
  };
  ImageWait(Loop& loop, Home home, Ask ask, std::function<void(const Waiting&)> waiting,
            std::function<void(ImageRecord)> done);
  ~ImageWait();
  // May call `done` at once.
  void begin();

 private:
  void pull();
  void read_lines();
  void pulled();
  void failed(const std::string& cause);

  Loop& loop_;
  Home home_;
  Ask ask_;
  std::function<void(const Waiting&)> waiting_;
  std::function<void(ImageRecord)> done_;
  std::unique_ptr<io::Process> process_;
  io::Fd out_, err_;
  std::string lines_;
  Duration rest_ = std::chrono::seconds(10);
  std::optional<Loop::Timer> timer_;
};

}  // namespace wf::local
