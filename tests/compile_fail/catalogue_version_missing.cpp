// SPDX-License-Identifier: BSL-1.0
//
// An event whose first version can't be read any more.
// expect: the_versions_of_an_event_must_go_back_to_version_1_by_previous_and_upcast<named_v3, named_v2>
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/projection/catalogue.hpp>
#endif

struct named_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::int64_t number{};
};
struct named_v2 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 2;
#ifdef ACCEPT
  using previous = named_v1;
  static named_v2 upcast(const named_v1& older) { return {older.number, 0}; }
#endif
  std::int64_t number{}, other{};
};
struct named_v3 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 3;
  using previous = named_v2;
  static named_v3 upcast(const named_v2& older) { return {older.number}; }
  std::int64_t number{};
};
static_assert(quipu::catalogue<named_v3>::complete);

int main() {}
