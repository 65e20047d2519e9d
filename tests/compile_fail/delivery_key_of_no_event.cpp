// SPDX-License-Identifier: BSL-1.0
//
// No event belongs to a key.
// expect: key_of_must_return_a_key_for_at_least_one_event<owner_of>
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
struct accounts {
  using events = quipu::event_list<opened, closed>;
  std::int64_t count{};
  void apply(const opened&) { ++count; }
  void apply(const closed&) { --count; }
};
struct owner_of {
#ifdef ACCEPT
  std::string operator()(const opened& event) const { return event.owner; }
#else
  std::nullopt_t operator()(const opened&) const { return std::nullopt; }
#endif
  std::nullopt_t operator()(const closed&) const { return std::nullopt; }
};

int main() {
  auto store = quipu::in_memory_store();
  static_cast<void>(store.read_model_by<accounts>("a", quipu::region::all(), owner_of{}));
}
