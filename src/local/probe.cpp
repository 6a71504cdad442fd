// SPDX-License-Identifier: Apache-2.0
// One question at a time, each within timeoutSeconds, periodSeconds apart. Connections go to the
// pod's address from the machine; a TCP connect and a short GET are made without waiting.
#include "local/probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>

#include "base/text.h"
#include "io/file.h"

namespace wf::local {
namespace {

Duration seconds_of(const json::Value& spec, const char* field, int64_t otherwise) {
  return std::chrono::seconds(spec[field].as_int().value_or(otherwise));
}

// A number, or the name of one of the container's ports.
int port_of(const json::Value& port, const json::Value& container) {
  if (const auto number = port.as_int()) return static_cast<int>(*number);
  for (const json::Value& item : container["ports"].items()) {
    if (item["name"] == port) return static_cast<int>(item["containerPort"].as_int().value_or(0));
  }
  return std::atoi(std::string(port.as_string()).c_str());
}

}  // namespace

Probe::Probe(Loop& loop, PodDriver& driver, const ContainerPlan& plan, json::Value spec, bool good,
             std::function<void(bool)> changed)
    : loop_(loop),
      driver_(driver),
      plan_(plan),
      spec_(std::move(spec)),
      changed_(std::move(changed)),
      good_(good) {
  schedule(seconds_of(spec_, "initialDelaySeconds", 0));
}

Probe::~Probe() {
  drop();
  if (timer_) loop_.cancel(*timer_);
}

void Probe::schedule(Duration rest) {
  if (timer_) loop_.cancel(*timer_);
  timer_ = loop_.at(Loop::now() + rest, [this] {
    timer_.reset();
    ask();
  });
}

void Probe::ask() {
  timer_ = loop_.at(Loop::now() + seconds_of(spec_, "timeoutSeconds", 1), [this] {
    timer_.reset();
    answer(false);
  });
  if (spec_["exec"].is_object()) {
    ask_program();
  } else if (spec_["httpGet"].is_object() || spec_["tcpSocket"].is_object()) {
    ask_network();
  } else {
    answer(true);
  }
}

void Probe::ask_program() {
  std::vector<std::string> argv;
  for (const json::Value& word : spec_["exec"]["command"].items())
    argv.emplace_back(word.as_string());
  auto started = driver_.exec(plan_, argv);
  if (!started) return answer(false);
  program_ = std::make_unique<io::Process>(std::move(*started));
  loop_.watch(program_->pidfd(), [this] {
    loop_.unwatch(program_->pidfd());
    const auto status = program_->wait();
    program_.reset();
    answer(status.ok() && status->code == 0);
  });
}

void Probe::ask_network() {
  const bool http = spec_["httpGet"].is_object();
  const json::Value& target = spec_[http ? "httpGet" : "tcpSocket"];
  std::string host(target["host"].as_string());
  if (host.empty()) host = driver_.pod_ip();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port_of(target["port"], plan_.spec)));
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return answer(false);
  socket_ = io::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  // To an address of this machine a connect is answered at once, so it may block.
  const timeval limit{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return answer(false);
  if (!http) return answer(true);
  const std::string_view path = target["path"].as_string();
  std::string request = cat("GET ", path.empty() ? "/" : path, " HTTP/1.0\r\nHost: ", host,
                            "\r\nUser-Agent: kube-probe/1.0\r\nAccept: */*\r\n");
  for (const json::Value& header : target["httpHeaders"].items()) {
    request += cat(header["name"].as_string(), ": ", header["value"].as_string(), "\r\n");
  }
  request += "\r\n";
  received_.clear();
  if (!io::write_all(socket_.get(), request).ok()) return answer(false);
  loop_.watch(socket_.get(), [this] {
    char buffer[1024];
    const ssize_t got = ::recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got > 0) received_.append(buffer, static_cast<size_t>(got));
    if (got > 0 && received_.size() < 12) return;
    const int code =
        received_.size() >= 12 ? std::atoi(received_.c_str() + 9) : 0;  // "HTTP/1.1 200"
    answer(code >= 200 && code < 400);
  });
}

void Probe::drop() {
  if (socket_) loop_.unwatch(socket_.get());
  socket_.reset();
  if (!program_) return;
  loop_.unwatch(program_->pidfd());
  (void)program_->signal(SIGKILL);
  (void)program_->wait();
  program_.reset();
}

void Probe::answer(bool good) {
  drop();
  in_a_row_ = good == good_ ? 0 : in_a_row_ + 1;
  const int64_t needed =
      spec_[good ? "successThreshold" : "failureThreshold"].as_int().value_or(good ? 1 : 3);
  const bool changed = in_a_row_ >= needed;
  if (changed) {
    good_ = good;
    in_a_row_ = 0;
  }
  schedule(seconds_of(spec_, "periodSeconds", 10));
  if (!changed) return;
  const auto tell = changed_;  // it may destroy this
  tell(good);
}

}  // namespace wf::local
