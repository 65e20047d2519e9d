// SPDX-License-Identifier: BSL-1.0
//
// shared_page.hpp: a value that a process shares with its children.
#pragma once

#include <sys/mman.h>

#include <new>
#include <type_traits>

namespace torture {

template <class Value>
class shared_page {
  static_assert(std::is_trivially_destructible_v<Value>);

 public:
  shared_page() {
    void* const page = ::mmap(nullptr, sizeof(Value), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) throw std::bad_alloc{};
    value_ = new (page) Value{};
  }
  shared_page(const shared_page&) = delete;
  shared_page& operator=(const shared_page&) = delete;
  ~shared_page() { ::munmap(value_, sizeof(Value)); }

  [[nodiscard]] Value& value() const noexcept { return *value_; }

 private:
  Value* value_;
};

}  // namespace torture
