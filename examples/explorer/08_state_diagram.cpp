// SPDX-License-Identifier: BSL-1.0
//
// A state machine draws itself while compiling. Its Mermaid text is in the binary: look for "stateDiagram-v2" in
// clang's assembly; GCC writes it as bytes. Many sites show such a text as a picture.
#include <cstdio>
#include <quipu_model.hpp>

struct is_draft {};
struct is_paid {};
struct is_shipped {};

struct paid {
  static constexpr auto kind = quipu::event_kind::custom(4, 1);
};
struct shipped {
  static constexpr auto kind = quipu::event_kind::custom(4, 2);
};
struct returned {
  static constexpr auto kind = quipu::event_kind::custom(4, 3);
};

using order =
    quipu::state_machine<quipu::transition<is_draft, paid, is_paid>, quipu::transition<is_paid, shipped, is_shipped>,
                         quipu::transition<is_shipped, returned, is_paid>>;

int main() {
  constexpr auto text = quipu::mermaid<order>();
  std::fwrite(text.data(), 1, text.size(), stdout);
}
