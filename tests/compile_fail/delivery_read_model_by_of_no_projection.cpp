// SPDX-License-Identifier: BSL-1.0
//
// A read model by key of a type that doesn't say which events it folds.
// expect: a_projection_needs_a_public_member_type_events<accounts>
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
#ifdef ACCEPT
  using events = quipu::event_list<opened, closed>;
#endif
  std::int64_t count{};
  void apply(const opened&) { ++count; }
  void apply(const closed&) { --count; }
};
struct owner_of {
  const std::string& operator()(const opened& event) const { return event.owner; }
  const std::string& operator()(const closed& event) const { return event.owner; }
};

int main() {
  auto store = quipu::in_memory_store();
  static_cast<void>(store.read_model_by<accounts>("a", quipu::region::all(), owner_of{}));
}
