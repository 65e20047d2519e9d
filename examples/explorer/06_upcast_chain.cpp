// SPDX-License-Identifier: BSL-1.0
//
// An event type that changed keeps reading what its older versions wrote: each version has its predecessor and a way
// up from it. Delete the marked line: the error says what the chain lacks.
#include <cstdint>
#include <quipu_model.hpp>
#include <string>

struct named_v1 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::string full;
};
struct named_v2 {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 2;
  using previous = named_v1;
  static named_v2 upcast(const named_v1& older) { return {older.full, {}}; }  // <- delete this line
  std::string first;
  std::string last;
};
struct named {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 3;
  using previous = named_v2;
  static named upcast(const named_v2& older) { return {older.first, older.last, "unknown"}; }
  std::string first;
  std::string last;
  std::string born;
};

std::string birthday(const quipu::event_view& stored) { return stored.as<named>().born; }

int main() {}
