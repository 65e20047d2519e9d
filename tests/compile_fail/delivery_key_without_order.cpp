// SPDX-License-Identifier: BSL-1.0
//
// A key that has no order.
// expect: key_of_must_return_keys_that_are_encodable_and_totally_ordered<owner_of, opened, person>
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

struct opened {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::string owner{};
};
struct closed {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::string owner{};
};
struct person {
  std::string name{};
#ifdef ACCEPT
  friend auto operator<=>(const person&, const person&) = default;
#endif
};
struct accounts {
  using events = quipu::event_list<opened, closed>;
  std::int64_t count{};
  void apply(const opened&) { ++count; }
  void apply(const closed&) { --count; }
};
struct owner_of {
  person operator()(const opened& event) const { return {event.owner}; }
  person operator()(const closed& event) const { return {event.owner}; }
};

int main() {
  auto store = quipu::in_memory_store();
  static_cast<void>(store.read_model_by<accounts>("a", quipu::region::all(), owner_of{}));
}
