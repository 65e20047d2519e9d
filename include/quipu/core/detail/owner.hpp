// SPDX-License-Identifier: BSL-1.0
//
// owner.hpp: owning pointers, for one owner and for several. They do what std::unique_ptr and std::shared_ptr do, as far as the library needs
// it, without <memory>, which brings the streams along and would be a tenth of the price of including the library.
#pragma once

#include "atomic.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>

namespace quipu::detail {

/// How an object is destroyed, unless its owner says otherwise.
struct plain_delete {
  template <class Object>
  void operator()(Object* object) const noexcept {
    static_assert(sizeof(Object) != 0);
    delete object;
  }
};

/// The one owner of an object, or of none.
template <class Object, class Delete = plain_delete>
class sole_owner {
 public:
  constexpr sole_owner() noexcept = default;
  constexpr sole_owner(std::nullptr_t) noexcept {}
  explicit sole_owner(Object* object) noexcept : object_{object} {}
  sole_owner(sole_owner&& other) noexcept : object_{other.release()} {}
  sole_owner& operator=(sole_owner&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~sole_owner() { reset(); }

  [[nodiscard]] Object* get() const noexcept { return object_; }
  [[nodiscard]] Object& operator*() const noexcept { return *object_; }
  [[nodiscard]] Object* operator->() const noexcept { return object_; }
  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }
  [[nodiscard]] Object* release() noexcept { return std::exchange(object_, nullptr); }
  void reset(Object* object = nullptr) noexcept {
    Object* const old = std::exchange(object_, object);
    if (old != nullptr) Delete{}(old);
  }

 private:
  Object* object_{};
};

template <class Object, class... Arguments>
[[nodiscard]] sole_owner<Object> make_sole_owner(Arguments&&... arguments) {
  return sole_owner<Object>{new Object(std::forward<Arguments>(arguments)...)};
}

/// The one owner of an array, or of none.
template <class Element>
class sole_array {
 public:
  constexpr sole_array() noexcept = default;
  explicit sole_array(Element* elements) noexcept : elements_{elements} {}
  sole_array(sole_array&& other) noexcept : elements_{std::exchange(other.elements_, nullptr)} {}
  sole_array& operator=(sole_array&& other) noexcept {
    reset(std::exchange(other.elements_, nullptr));
    return *this;
  }
  ~sole_array() { reset(); }

  [[nodiscard]] Element* get() const noexcept { return elements_; }
  [[nodiscard]] Element& operator[](std::size_t index) const noexcept { return elements_[index]; }
  [[nodiscard]] explicit operator bool() const noexcept { return elements_ != nullptr; }
  void reset(Element* elements = nullptr) noexcept { delete[] std::exchange(elements_, elements); }

 private:
  Element* elements_{};
};

/// How many owners an object has, and how it is destroyed with what it was made in.
struct shared_count {
  atomic<std::size_t> owners{1};
  void (*destroy)(shared_count*) noexcept {};
};

template <class Object>
struct shared_block : shared_count {
  Object object;

  template <class... Arguments>
  explicit shared_block(Arguments&&... arguments) : object(std::forward<Arguments>(arguments)...) {
    destroy = [](shared_count* of) noexcept { delete static_cast<shared_block*>(of); };
  }
};

/// One of several owners of an object, or of none. Owners of one object may be used from several threads at once, one owner by one.
template <class Object>
class shared_owner {
 public:
  constexpr shared_owner() noexcept = default;
  constexpr shared_owner(std::nullptr_t) noexcept {}
  shared_owner(const shared_owner& other) noexcept : shared_owner{other.object_, other.count_} {}
  shared_owner(shared_owner&& other) noexcept : object_{std::exchange(other.object_, nullptr)}, count_{std::exchange(other.count_, nullptr)} {}
  template <class Other>
    requires std::is_convertible_v<Other*, Object*>
  shared_owner(const shared_owner<Other>& other) noexcept : shared_owner{other.object_, other.count_} {}
  template <class Other>
    requires std::is_convertible_v<Other*, Object*>
  shared_owner(shared_owner<Other>&& other) noexcept : object_{std::exchange(other.object_, nullptr)}, count_{std::exchange(other.count_, nullptr)} {}
  shared_owner& operator=(shared_owner other) noexcept {
    swap(other);
    return *this;
  }
  ~shared_owner() {
    if (count_ != nullptr && count_->owners.subtract(1) == 0) count_->destroy(count_);
  }

  void swap(shared_owner& other) noexcept {
    std::swap(object_, other.object_);
    std::swap(count_, other.count_);
  }
  void reset() noexcept { shared_owner{}.swap(*this); }
  /// Lets go of the object, and of the right to destroy it: an owner that forgets is counted for ever.
  void forget() noexcept {
    object_ = nullptr;
    count_ = nullptr;
  }

  [[nodiscard]] Object* get() const noexcept { return object_; }
  [[nodiscard]] std::add_lvalue_reference_t<Object> operator*() const noexcept { return *object_; }
  [[nodiscard]] Object* operator->() const noexcept { return object_; }
  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }
  /// Whether this is the only owner; others may be gone by the time that it says no.
  [[nodiscard]] bool is_alone() const noexcept { return count_ != nullptr && count_->owners.load() == 1; }

  friend bool operator==(const shared_owner& left, const shared_owner& right) noexcept { return left.object_ == right.object_; }
  friend bool operator==(const shared_owner& left, std::nullptr_t) noexcept { return left.object_ == nullptr; }

 private:
  template <class Other>
  friend class shared_owner;
  template <class Made, class... Arguments>
  friend shared_owner<Made> make_shared_owner(Arguments&&... arguments);

  /// One owner more, where there are any.
  shared_owner(Object* object, shared_count* count) noexcept : object_{object}, count_{count} {
    if (count_ != nullptr) ++count_->owners;
  }

  Object* object_{};
  shared_count* count_{};
};

template <class Made, class... Arguments>
[[nodiscard]] shared_owner<Made> make_shared_owner(Arguments&&... arguments) {
  auto* const block = new shared_block<std::remove_const_t<Made>>(std::forward<Arguments>(arguments)...);
  shared_owner<Made> made;
  made.object_ = &block->object;
  made.count_ = block;
  return made;
}

}  // namespace quipu::detail
