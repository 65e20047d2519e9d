// SPDX-License-Identifier: BSL-1.0
//
// atomic.hpp: a value that threads share without a lock: std::atomic, as far as the library needs it. <atomic> would be a twentieth of the
// price of including the library.
#pragma once

namespace quipu::detail {

/// A number, a truth value, an enumeration or a pointer. What a thread did before it stored a value is seen by whoever loads that value.
template <class Value>
class atomic {
 public:
  constexpr atomic() noexcept = default;
  constexpr explicit atomic(Value value) noexcept : value_{value} {}
  atomic(const atomic&) = delete;
  atomic& operator=(const atomic&) = delete;

  [[nodiscard]] Value load() const noexcept {
    Value value;
    __atomic_load(&value_, &value, __ATOMIC_ACQUIRE);
    return value;
  }
  void store(Value value) noexcept { __atomic_store(&value_, &value, __ATOMIC_RELEASE); }
  [[nodiscard]] Value exchange(Value value) noexcept { return __atomic_exchange_n(&value_, value, __ATOMIC_ACQ_REL); }
  /// Returns the difference.
  Value subtract(Value less) noexcept { return __atomic_sub_fetch(&value_, less, __ATOMIC_ACQ_REL); }
  /// Counts: nothing else is ordered by it. Returns the sum.
  Value operator++() noexcept { return __atomic_add_fetch(&value_, Value{1}, __ATOMIC_RELAXED); }

 private:
  Value value_{};
};

}  // namespace quipu::detail
