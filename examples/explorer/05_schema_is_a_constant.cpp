// SPDX-License-Identifier: BSL-1.0
//
// The shape of an event is a text, made while compiling: it is a constant of the binary, and it is in each log. Rename
// the field, that is delete one marked line and try the other: the assertion breaks before an old log is read wrongly.
#include <cstdint>
#include <cstdio>
#include <quipu_model.hpp>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};  // <- delete this line
  // try: std::int64_t pence{};
};

static_assert(quipu::schema_text<deposited>() == "{cents:i64}");

int main() { std::puts(quipu::schema_text<deposited>().data()); }
