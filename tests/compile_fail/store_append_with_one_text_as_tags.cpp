// SPDX-License-Identifier: BSL-1.0
//
// An event whose tags are one text, and not a list of texts.
// expect: the_tags_of_an_event_to_append_must_be_texts_in_a_static_array_or_of_a_const_function<enrolled>
// max-errors: 2
#include <array>
#include <string>
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/in_memory_store.hpp>
#endif

struct enrolled {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::string student;
#ifdef ACCEPT
  [[nodiscard]] std::array<std::string, 1> tags() const { return {"student:" + student}; }
#else
  [[nodiscard]] std::string tags() const { return "student:" + student; }
#endif
};

int main() {
  auto store = quipu::in_memory_store();
  store.append({"a", "s"}, enrolled{"ann"});
}
