// SPDX-License-Identifier: BSL-1.0
//
// A state of raw events that is given a value.
// expect: a_projection_of_any_event_folds_event_views_and_nothing_else<tally, deposited>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/fold.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct tally {
  using events = quipu::any_event;
  std::uint64_t count{};
  void apply(const quipu::event_view&) { ++count; }
};

int main() {
#ifdef ACCEPT
  return static_cast<int>(quipu::fold<tally>(quipu::event_view{}).count);
#else
  return static_cast<int>(quipu::fold<tally>(deposited{500}).count);
#endif
}
