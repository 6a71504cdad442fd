// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/check.h"
#include "base/text.h"
#include "io/file.h"
#include "io/http_client.h"
#include "io/http_server.h"

namespace wf::io {
namespace {

HttpResponse text(std::string body, int status = 200) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

// What the test's server answers by path.
HttpResponse answer(const HttpRequest& request) {
  const std::string_view path = request.raw_path();
  if (path == "/echo") return text(cat(request.method, " ", request.body));
  if (path == "/bug") throw Bug("broken");
  if (path == "/away") {
    HttpResponse response = text("", 302);
    response.headers.set("Location", "/echo");
    return response;
  }
  if (path == "/count") {
    HttpResponse response;
    response.stream = [](BodyWriter& out) {
      for (int i = 0; i < 3; ++i) out.write(cat("line ", i, "\n"));
    };
    return response;
  }
  if (path == "/forever") {
    HttpResponse response;
    response.stream = [](BodyWriter& out) {
      out.write("started\n");
      while (!out.gone()) std::this_thread::yield();
    };
    return response;
  }
  return text("no such page", 404);
}

struct Server {
  TempDirectory dir = std::move(*TempDirectory::create());
  HttpServer server;
  std::string socket = dir.path() + "/s";
  int port = 0;
  std::string base;
  explicit Server(std::shared_ptr<TlsContext> tls = nullptr, HttpServerOptions options = {})
      : server(answer, options) {
    EXPECT_TRUE(server.listen_unix(socket).ok());
    const bool secure = tls != nullptr;
    auto listening = server.listen_tcp("127.0.0.1", 0, std::move(tls));
    EXPECT_TRUE(listening.ok());
    port = *listening;
    base = cat(secure ? "https" : "http", "://127.0.0.1:", port);
    EXPECT_TRUE(server.start().ok());
  }
};

HttpCall get(std::string url) {
  HttpCall call;
  call.url = std::move(url);
  return call;
}

TEST(Http, AnswersOverUnixSocketAndTcpAndKeepsConnections) {
  Server server;
  HttpClientOptions options;
  options.unix_socket = server.socket;
  HttpClient by_socket(options), by_tcp;
  HttpCall call = get(server.base + "/echo");
  call.method = "POST";
  for (int i = 0; i < 50; ++i) {
    call.body = std::string(static_cast<size_t>(i) * 5000, 'x');
    EXPECT_EQ(by_socket.send(call)->body.size(), call.body.size() + 5);
    EXPECT_EQ(by_tcp.send(call)->body.size(), call.body.size() + 5);
  }
  EXPECT_EQ(by_tcp.send(get(server.base + "/nowhere"))->status, 404);
  EXPECT_EQ(by_tcp.send(get(server.base + "/bug"))->status, 500);
}

TEST(Http, StreamsComePieceByPiece) {
  Server server;
  HttpClient client;
  auto reply = client.open(get(server.base + "/count"));
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(**reply->read_line(), "line 0");
  EXPECT_EQ(**reply->read_line(), "line 1");
  EXPECT_EQ(**reply->read_line(), "line 2");
  EXPECT_FALSE(reply->read_line()->has_value());
}

TEST(Http, AStreamEndsWhenTheClientGoesAndWhenTheServerStops) {
  Server server;
  HttpClient client;
  {
    auto reply = client.open(get(server.base + "/forever"));
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(**reply->read_line(), "started");
  }
  while (server.server.busy() > 0) std::this_thread::yield();
  auto reply = client.open(get(server.base + "/forever"));
  ASSERT_TRUE(reply.ok());
  server.server.stop();
  EXPECT_EQ(server.server.busy(), 0u);
}

TEST(Http, ACancelledReplyStopsWaiting) {
  Server server;
  HttpClient client;
  auto reply = client.open(get(server.base + "/forever"));
  ASSERT_TRUE(reply.ok());
  EXPECT_TRUE(reply->read_line().ok());
  auto waiting = std::async(std::launch::async, [&] { return reply->read_line(); });
  reply->cancel();
  const auto ended = waiting.get();
  EXPECT_TRUE(!ended.ok() || !ended->has_value());
}

TEST(Http, SpeaksTlsAndRefusesStrangers) {
  const auto pair = self_signed("localhost");
  ASSERT_TRUE(pair.ok());
  auto context = TlsContext::server(pair->certificate_pem, pair->key_pem);
  ASSERT_TRUE(context.ok());
  Server server(*context);
  HttpClient strict;
  const auto refused = strict.send(get(server.base + "/echo"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::Unauthenticated) << refused.error().message();

  HttpClientOptions options;
  options.tls.ca_pem = pair->certificate_pem;
  HttpClient trusting(options);
  for (int i = 0; i < 3; ++i) {
    HttpCall call = get(server.base + "/echo");
    call.method = "PUT";
    call.body.assign(300'000, 'y');
    const auto reply = trusting.send(call);
    ASSERT_TRUE(reply.ok()) << reply.error().message();
    EXPECT_EQ(reply->body.size(), 300'004u);
  }
}

TEST(Http, SendsBodiesFromASource) {
  Server server;
  HttpClient client;
  for (const bool known : {true, false}) {
    HttpCall call = get(server.base + "/echo");
    call.method = "PUT";
    int left = 3;
    call.body_source = [&](std::span<char> into) -> Result<size_t> {
      if (left-- <= 0) return size_t{0};
      std::fill_n(into.data(), 1000, 'z');
      return size_t{1000};
    };
    if (known) call.body_length = 3000;
    const auto reply = client.send(call);
    ASSERT_TRUE(reply.ok()) << reply.error().message();
    EXPECT_EQ(reply->body.size(), 3004u);
  }
}

TEST(Http, FollowsRedirectsWhenAskedTo) {
  Server server;
  HttpClientOptions options;
  options.redirects_max = 3;
  EXPECT_EQ(HttpClient(options).send(get(server.base + "/away"))->body, "GET ");
  EXPECT_EQ(HttpClient().send(get(server.base + "/away"))->status, 302);
}

TEST(Http, RefusesWhatIsMalformedOrTooLong) {
  HttpServerOptions options;
  options.body_max = 1000;
  Server server(nullptr, options);
  auto raw = connect_tcp("127.0.0.1", std::to_string(server.port), std::chrono::seconds(5));
  ASSERT_TRUE(raw.ok());
  ASSERT_TRUE((*raw)->write("GARBAGE\r\n\r\n", std::chrono::seconds(5)).ok());
  char buffer[256];
  const auto got = (*raw)->read_some(buffer, std::chrono::seconds(5));
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(std::string_view(buffer, 12), "HTTP/1.1 400");
  HttpCall call = get(server.base + "/echo");
  call.method = "PUT";
  call.body.assign(2000, 'x');
  EXPECT_EQ(HttpClient().send(call)->status, 413);
}

TEST(Http, NobodyThereIsUnavailable) {
  const auto reply = HttpClient().send(get("http://127.0.0.1:1/"));
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code(), Code::Unavailable);
}

TEST(Http, ManyClientsAtOnce) {
  Server server;
  HttpClient client;
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const auto reply = client.send(get(server.base + "/echo"));
        if (reply.ok() && reply->status == 200) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 400);
}

TEST(Url, PartsAndEscapes) {
  const auto url = parse_url("https://me:p%40ss@[::1]:8443/a/b?x=1#frag");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, "8443");
  EXPECT_EQ(url->password, "p@ss");
  EXPECT_EQ(url->target, "/a/b?x=1");
  EXPECT_EQ(url->authority(), "[::1]:8443");
  EXPECT_EQ(parse_url("http://h?q")->target, "/?q");
  EXPECT_FALSE(parse_url("ftp://h/").ok());
  EXPECT_FALSE(parse_url("http://h:port/").ok());
  EXPECT_EQ(percent_encode("a b/c~", "/"), "a%20b/c~");
  const Query query("a=1&b=x%20y+z&c");
  EXPECT_EQ(query.get("b"), "x y z");
  EXPECT_TRUE(query.find("c").has_value());
}

}  // namespace
}  // namespace wf::io
