// SPDX-License-Identifier: BSL-1.0
//
// An event whose name has a control character.
// expect: the_name_of_an_event_to_append_must_be_a_static_constexpr_text_of_1_to_255_bytes_of_UTF8<deposited>
// max-errors: 2
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
#ifdef ACCEPT
  static constexpr std::string_view name = "deposited by card";
#else
  static constexpr std::string_view name = "deposited\nby card";
#endif
  std::int64_t cents{};
};

int main() {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, deposited{500});
}
