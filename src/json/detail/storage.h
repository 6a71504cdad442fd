// SPDX-License-Identifier: Apache-2.0
// json/detail/storage.h: what json/value.cpp keeps arrays and objects in.
#pragma once
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <span>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "json/value.h"

namespace wf::json::detail {

// Where the members of a large object lie, by the hash of their names: open addressing, at most
// half full.
class Index {
 public:
  explicit Index(std::span<const Member> members)
      : slots_(std::bit_ceil(members.size() * 4), kFree) {
    for (uint32_t i = 0; i < members.size(); ++i) add(members, i);
  }
  bool has_room(size_t count) const { return count * 2 <= slots_.size(); }
  void add(std::span<const Member> members, uint32_t i) {
    size_t at = start(members[i].key());
    while (slots_[at] != kFree) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = i;
  }
  const Member* find(std::span<const Member> members, std::string_view key) const {
    for (size_t at = start(key); slots_[at] != kFree; at = (at + 1) & (slots_.size() - 1)) {
      if (members[slots_[at]].key() == key) return &members[slots_[at]];
    }
    return nullptr;
  }

 private:
  static constexpr uint32_t kFree = UINT32_MAX;
  size_t start(std::string_view key) const {
    return std::hash<std::string_view>()(key) & (slots_.size() - 1);
  }
  std::vector<uint32_t> slots_;
};

// A growing list behind a head in one piece of memory.
template <class Head, class T>
struct Storage {
  static_assert(sizeof(Head) % alignof(T) == 0);
  static Head* make(size_t capacity) {
    void* memory = std::malloc(sizeof(Head) + capacity * sizeof(T));
    if (memory == nullptr) throw std::bad_alloc();
    Head* head = new (memory) Head;
    head->capacity = static_cast<uint32_t>(capacity);
    return head;
  }
  static T* data(Head* head) { return reinterpret_cast<T*>(head + 1); }
  static std::span<T> list(Head* head) { return {data(head), head->size}; }
  // Room for one more; the head may move.
  static Head* grown(Head* head) {
    if (head->size < head->capacity) return head;
    const size_t capacity = head->capacity == 0 ? 4 : size_t{head->capacity} * 2;
    CHECK(capacity < UINT32_MAX);
    void* memory = std::realloc(static_cast<void*>(head), sizeof(Head) + capacity * sizeof(T));
    if (memory == nullptr) throw std::bad_alloc();
    head = static_cast<Head*>(memory);
    head->capacity = static_cast<uint32_t>(capacity);
    return head;
  }
  static Head* copy(Head* from) {
    Head* head = make(from->size);
    for (const T& item : list(from)) new (data(head) + head->size++) T(item);
    return head;
  }
  static void erase(Head* head, size_t at) {
    T* item = data(head) + at;
    item->~T();
    std::memmove(static_cast<void*>(item), item + 1, (head->size - at - 1) * sizeof(T));
    --head->size;
  }
  static void destroy(Head* head) {
    for (T& item : list(head)) item.~T();
    head->~Head();
    std::free(head);
  }
};

}  // namespace wf::json::detail
