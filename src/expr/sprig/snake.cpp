// SPDX-License-Identifier: Apache-2.0
// Words written together to words with a connector: "HTTPServer2Go" -> "http_server_2_go".
#include "base/utf8.h"
#include "expr/sprig/detail/words.h"
#include "expr/unicode.h"

namespace wf::expr::sprig {
namespace {

enum class WordKind { None, Number, Capital, Letters, Connector, Punctuation, Other };

struct Word {
  WordKind kind = WordKind::None;
  std::string_view text;
};

// A code point with the broken bytes in front of it; broken bytes at the end go with the last one.
struct Unit {
  char32_t rune;
  size_t start, end;
};

bool is_connector(char32_t rune) { return rune == '-' || rune == '_' || is_space(rune); }

// Letters of scripts that have words of several letters: not Chinese characters.
bool is_alphabet(char32_t rune) {
  const bool han = (rune >= 0x4E00 && rune <= 0x9FCC) || (rune >= 0x3400 && rune <= 0x4D85) ||
                   (rune >= 0x20000 && rune <= 0x2B81D);
  return !han && unicode::is_letter(rune);
}
bool is_small(char32_t rune) { return is_alphabet(rune) && !unicode::is_upper(rune); }

std::vector<Unit> units_of(std::string_view text) {
  std::vector<Unit> out;
  size_t start = 0, at = 0;
  while (at < text.size()) {
    const Rune rune = first_rune(text.substr(at));
    at += rune.width;
    if (rune.value == kRuneError && at < text.size()) continue;
    const char32_t before = out.empty() ? kRuneError : out.back().rune;
    out.push_back({rune.value == kRuneError ? before : rune.value, start, at});
    start = at;
  }
  return out;
}

WordKind kind_of(char32_t rune) {
  if (rune == kRuneError) return WordKind::None;
  if (is_connector(rune)) return WordKind::Connector;
  if (unicode::is_punct(rune)) return WordKind::Punctuation;
  if (unicode::is_upper(rune)) return WordKind::Capital;
  if (is_alphabet(rune)) return WordKind::Letters;
  return unicode::is_number(rune) ? WordKind::Number : WordKind::Other;
}

bool goes_on(WordKind kind, char32_t rune) {
  switch (kind) {
    case WordKind::Connector: return is_connector(rune);
    case WordKind::Punctuation: return unicode::is_punct(rune);
    case WordKind::Letters: return is_small(rune);
    case WordKind::Number: return unicode::is_number(rune);
    case WordKind::Other:
      return !is_connector(rune) && !is_alphabet(rune) && !unicode::is_number(rune) &&
             !unicode::is_punct(rune);
    default: return false;
  }
}

// Where the word ends that starts with a capital at `at`: either one capital and small letters, or
// several capitals, the last of which belongs to the next word if a small letter follows.
size_t capital_end(const std::vector<Unit>& units, size_t at) {
  size_t end = at + 1;
  if (end < units.size() && unicode::is_upper(units[end].rune)) {
    while (end < units.size() && unicode::is_upper(units[end].rune)) ++end;
    return end < units.size() && is_alphabet(units[end].rune) ? end - 1 : end;
  }
  while (end < units.size() && is_small(units[end].rune)) ++end;
  return end;
}

std::vector<Word> words_of(std::string_view text) {
  const std::vector<Unit> units = units_of(text);
  std::vector<Word> out;
  for (size_t at = 0; at < units.size();) {
    const WordKind kind = kind_of(units[at].rune);
    size_t end = at + 1;
    if (kind == WordKind::Capital) end = capital_end(units, at);
    else while (end < units.size() && goes_on(kind, units[end].rune)) ++end;
    const size_t from = units[at].start;
    out.push_back({kind, text.substr(from, units[end - 1].end - from)});
    at = end;
  }
  return out;
}

class Joiner {
 public:
  Joiner(std::string_view text, char connector) : words_(words_of(text)), connector_(connector) {}

  std::string run() {
    while (at_ + 1 < words_.size()) {
      const Word word = here();
      if (word.kind != WordKind::Connector) put(word);
      ++at_;
      if (word.kind == WordKind::Connector) put(word);
      else if (word.kind == WordKind::Number) after_number();
      else if (word.kind != WordKind::Punctuation) after_word();
    }
    put(here());
    return std::move(out_);
  }

 private:
  Word here() const { return at_ < words_.size() ? words_[at_] : Word{}; }

  // Small letters and further digits belong to the number: "20x", "2m3s".
  void after_number() {
    while (here().kind == WordKind::Letters || here().kind == WordKind::Number) put(words_[at_++]);
    if (here().kind != WordKind::None) connect();
  }

  // A number behind a word is part of it, but for one that small letters follow.
  void after_word() {
    if (here().kind != WordKind::Number) return connect();
    if (at_ + 1 >= words_.size()) return;
    const Word number = words_[at_++];
    if (here().kind != WordKind::Letters) {
      put(number);
      return connect();
    }
    out_.push_back(connector_);
    put(number);
    after_number();
  }

  // A connector in front of the next word, unless there is something like it already.
  void connect() {
    const WordKind kind = here().kind;
    if (kind != WordKind::Connector && kind != WordKind::Punctuation) out_.push_back(connector_);
  }

  void put(const Word& word) {
    if (word.kind != WordKind::Capital && word.kind != WordKind::Connector) {
      out_ += word.text;
      return;
    }
    for (const char32_t rune : unicode::runes(word.text)) {
      if (is_connector(rune)) out_.push_back(connector_);
      else append_rune(out_, unicode::is_upper(rune) ? unicode::to_lower(rune) : rune);
    }
  }

  std::vector<Word> words_;
  char connector_;
  size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string snake_case(std::string_view text) { return Joiner(text, '_').run(); }
std::string kebab_case(std::string_view text) { return Joiner(text, '-').run(); }

}  // namespace wf::expr::sprig
