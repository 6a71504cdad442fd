// SPDX-License-Identifier: Apache-2.0
#include "io/detail/http_parser.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <variant>

#include "base/text.h"

namespace wf::io::detail {
namespace http = boost::beast::http;

namespace {
constexpr uint32_t kHeadMax = 64 * 1024;
using RequestParser = http::request_parser<http::string_body>;
using ResponseParser = http::response_parser<http::string_body>;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }
}  // namespace

struct HttpParser::Impl {
  std::variant<RequestParser, ResponseParser> parser;

  template <class F>
  decltype(auto) with(F&& f) { return std::visit(std::forward<F>(f), parser); }
};

HttpParser::HttpParser(Role role, uint64_t body_max) : impl_(std::make_unique<Impl>()) {
  if (role == Role::Response) impl_->parser.emplace<ResponseParser>();
  impl_->with([&](auto& parser) {
    parser.eager(true);
    parser.header_limit(kHeadMax);
    if (body_max == UINT64_MAX) {
      parser.body_limit(boost::none);
    } else {
      parser.body_limit(body_max);
    }
  });
}

HttpParser::HttpParser(HttpParser&&) noexcept = default;
HttpParser& HttpParser::operator=(HttpParser&&) noexcept = default;
HttpParser::~HttpParser() = default;

Result<size_t> HttpParser::put(std::string_view bytes) {
  boost::system::error_code error;
  const size_t used =
      impl_->with([&](auto& parser) { return parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error); });
  if (error && error != http::error::need_more) return Error(cat("malformed HTTP: ", error.message()));
  return used;
}

Result<void> HttpParser::put_end() {
  boost::system::error_code error;
  impl_->with([&](auto& parser) { parser.put_eof(error); });
  if (error) return Error("the peer closed the connection in mid-message", Code::Unavailable);
  return {};
}

void HttpParser::skip_body() {
  impl_->with([](auto& parser) { parser.skip(true); });
}

bool HttpParser::head_done() const {
  return impl_->with([](auto& parser) { return parser.is_header_done(); });
}

bool HttpParser::done() const {
  return impl_->with([](auto& parser) { return parser.is_done(); });
}

bool HttpParser::keep_alive() const {
  return impl_->with([](auto& parser) { return parser.keep_alive(); });
}

int HttpParser::status() const {
  return static_cast<int>(std::get<ResponseParser>(impl_->parser).get().result_int());
}

std::string_view HttpParser::method() const {
  return view(std::get<RequestParser>(impl_->parser).get().method_string());
}

std::string_view HttpParser::target() const {
  return view(std::get<RequestParser>(impl_->parser).get().target());
}

Headers HttpParser::headers() const {
  Headers headers;
  impl_->with([&](auto& parser) {
    for (const auto& field : parser.get()) headers.add(view(field.name_string()), view(field.value()));
  });
  return headers;
}

std::string HttpParser::take_body() {
  std::string body;
  impl_->with([&](auto& parser) { body.swap(parser.get().body()); });
  return body;
}

}  // namespace wf::io::detail
