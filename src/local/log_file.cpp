// SPDX-License-Identifier: Apache-2.0
#include "local/log_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <cerrno>
#include <deque>

#include "base/text.h"
#include "io/file.h"

namespace wf::local {
namespace {

std::string nine_digits(int64_t value) {
  std::string digits = std::to_string(value);
  return std::string(9 - digits.size(), '0') + digits;
}

// Complete lines of a growing file, one by one.
class LineReader {
 public:
  explicit LineReader(int fd) : fd_(fd) {}
  // Calls `line` for what is there now; false where `line` wants no more.
  bool drain(const std::function<bool(std::string_view)>& line) {
    char buffer[65536];
    ssize_t got;
    while ((got = ::read(fd_, buffer, sizeof buffer)) > 0) {
      pending_.append(buffer, static_cast<size_t>(got));
      size_t begin = 0, stop;
      while ((stop = pending_.find('\n', begin)) != std::string::npos) {
        if (!line(std::string_view(pending_).substr(begin, stop - begin))) return false;
        begin = stop + 1;
      }
      pending_.erase(0, begin);
    }
    return true;
  }

 private:
  int fd_;
  std::string pending_;
};

}  // namespace

std::string to_rfc3339_nano(Time time) {
  std::string text = to_rfc3339(whole_seconds(time));
  text.pop_back();
  return cat(text, ".", nine_digits((time - whole_seconds(time)).count()), "Z");
}

Result<LogWriter> LogWriter::open(const std::string& path) {
  io::Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
  if (!fd) return io::errno_error(errno, "opening log", path);
  return LogWriter(std::move(fd));
}

void LogWriter::write(Time at, bool is_stderr, std::string_view data) {
  const std::string head = cat(to_rfc3339_nano(at), is_stderr ? " stderr " : " stdout ");
  std::string out;
  while (!data.empty()) {
    const size_t end = data.find('\n');
    const std::string_view text = data.substr(0, end);
    out.append(head)
        .append(end == std::string_view::npos ? "P " : "F ")
        .append(text)
        .push_back('\n');
    data.remove_prefix(end == std::string_view::npos ? data.size() : end + 1);
  }
  // A full disk loses log lines, never the step.
  (void)io::write_all(fd_.get(), out);
}

std::optional<LogLine> parse_log_line(std::string_view line) {
  const size_t first = line.find(' ');
  if (first == std::string_view::npos || line.size() < first + 10) return std::nullopt;
  const std::string_view stream = line.substr(first + 1, 6);
  const char kind = line[first + 8];
  const auto at = parse_rfc3339(line.substr(0, first));
  if (!at || (stream != "stdout" && stream != "stderr") || (kind != 'F' && kind != 'P'))
    return std::nullopt;
  return LogLine{*at, stream == "stderr", kind == 'F', line.substr(first + 10)};
}

Result<void> read_log(const std::string& path, const LogQuery& query, const LogEnd& end,
                      const std::function<bool(const LogLine&)>& line) {
  const io::Fd watch(query.follow ? ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK) : -1);
  const std::string directory = path.substr(0, path.rfind('/'));
  if (query.follow) {
    (void)io::make_directories(directory);
    ::inotify_add_watch(watch.get(), directory.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO);
    ::inotify_add_watch(watch.get(), end.directory.c_str(),
                        IN_MOVED_TO | IN_MOVE_SELF | IN_DELETE_SELF);
  }
  const auto rest = [&] {
    pollfd wait{watch.get(), POLLIN, 0};
    ::poll(&wait, 1, 400);
    char ignored[4096];
    while (::read(watch.get(), ignored, sizeof ignored) > 0) {
    }
  };
  const auto cancelled = [&] { return query.cancelled && query.cancelled(); };

  io::Fd fd;
  while (!(fd = io::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)))) {
    if (!query.follow || end.finished()) return io::errno_error(errno, "opening log", path);
    if (cancelled()) return {};
    rest();
  }
  std::deque<std::string> kept;  // with `tail`: what is known so far of the last lines
  bool tailing = query.tail.has_value();
  const auto take = [&](std::string_view text) {
    const auto parsed = parse_log_line(text);
    if (!parsed || parsed->at < query.since) return true;
    if (!tailing) return line(*parsed);
    kept.emplace_back(text);
    if (static_cast<int64_t>(kept.size()) > *query.tail) kept.pop_front();
    return true;
  };
  LineReader reader(fd.get());
  while (true) {
    const bool last =
        !query.follow || end.finished();  // asked before reading: what came until then is read
    if (!reader.drain(take)) return {};
    if (tailing) {
      tailing = false;
      for (const std::string& text : kept) {
        if (!take(text)) return {};
      }
    }
    if (last || cancelled()) return {};
    rest();
  }
}

}  // namespace wf::local
