// SPDX-License-Identifier: BSL-1.0
//
// An `ends` that isn't static.
// expect: ends_must_be_static_and_return_bool_for_an_event_of_the_projection<accounts>
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
#ifdef ACCEPT
  static bool ends(const closed&) { return true; }
#else
  bool ends(const closed&) const { return true; }
#endif
};
struct owner_of {
  const std::string& operator()(const opened& event) const { return event.owner; }
  const std::string& operator()(const closed& event) const { return event.owner; }
};

int main() {
  auto store = quipu::in_memory_store();
  static_cast<void>(store.read_model_by<accounts>("a", quipu::region::all(), owner_of{}));
}
