// SPDX-License-Identifier: BSL-1.0
//
// upcast_samples.hpp: events of several versions: some whose upcasts give one event, some that give none or several,
// some of a kind that has become others.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/event/event_header.hpp>
#include <quipu/event/upcast.hpp>
#endif

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace upcasts {

/// Each becomes one.
struct moved_v1 {
  static constexpr auto kind = quipu::event_kind::custom(4, 1);
  std::int32_t to{};
};
struct moved {
  static constexpr auto kind = quipu::event_kind::custom(4, 1);
  static constexpr std::uint16_t version = 2;
  using previous = moved_v1;
  static constexpr moved upcast(const moved_v1& older) { return {older.to * 100, 1}; }
  std::int64_t to{};
  std::int64_t from_version{2};
};

struct named {
  static constexpr auto kind = quipu::event_kind::custom(4, 2);
  std::uint32_t number{};
};

/// Retired: each becomes two of other kinds, the first by way of an older version.
struct moved_and_named_v1 {
  static constexpr auto kind = quipu::event_kind::custom(4, 3);
  std::int32_t to{};
  std::uint32_t number{};
};
struct moved_and_named {
  static constexpr auto kind = quipu::event_kind::custom(4, 3);
  static constexpr std::uint16_t version = 2;
  using previous = moved_and_named_v1;
  static constexpr std::tuple<moved_v1, named> upcast(const moved_and_named_v1& older) {
    return {{older.to}, {older.number}};
  }
};

/// Version 2 drops what is negative; version 3 splits what is left into its decimal digits, the first first.
struct counted_v1 {
  static constexpr auto kind = quipu::event_kind::custom(4, 4);
  std::int32_t value{};
};
struct counted_v2 {
  static constexpr auto kind = quipu::event_kind::custom(4, 4);
  static constexpr std::uint16_t version = 2;
  using previous = counted_v1;
  static constexpr std::optional<counted_v2> upcast(const counted_v1& older) {
    if (older.value < 0) return std::nullopt;
    return counted_v2{static_cast<std::uint32_t>(older.value)};
  }
  std::uint32_t value{};
};
struct counted {
  static constexpr auto kind = quipu::event_kind::custom(4, 4);
  static constexpr std::uint16_t version = 3;
  using previous = counted_v2;
  static std::vector<counted> upcast(const counted_v2& older) {
    std::vector<counted> digits;
    for (const char digit : std::to_string(older.value)) digits.push_back({static_cast<std::uint8_t>(digit - '0')});
    return digits;
  }
  std::uint8_t digit{};
};

/// Nothing is left of it.
struct noted_v1 {
  static constexpr auto kind = quipu::event_kind::custom(4, 5);
  std::string text{};
};
struct noted {
  static constexpr auto kind = quipu::event_kind::custom(4, 5);
  static constexpr std::uint16_t version = 2;
  using previous = noted_v1;
  static constexpr std::tuple<> upcast(const noted_v1&) { return {}; }
};

/// One of several, and twice the same.
struct either_v1 {
  static constexpr auto kind = quipu::event_kind::custom(4, 6);
  std::int32_t value{};
};
struct either {
  static constexpr auto kind = quipu::event_kind::custom(4, 6);
  static constexpr std::uint16_t version = 2;
  using previous = either_v1;
  static constexpr std::variant<either, named, std::array<moved, 2>> upcast(const either_v1& older) {
    using result = std::variant<either, named, std::array<moved, 2>>;
    if (older.value < 0) return result{named{7}};
    if (older.value == 0) return result{std::array<moved, 2>{moved{1, 6}, moved{2, 6}}};
    return result{either{older.value}};
  }
  std::int64_t value{};
};

/// Writes down what it folds, in order.
struct history {
  using events = quipu::event_list<moved, named, moved_and_named, counted, noted, either>;
  std::string told{};
  void apply(const moved& event) {
    told += "moved " + std::to_string(event.to) + "/" + std::to_string(event.from_version) + ";";
  }
  void apply(const named& event) { told += "named " + std::to_string(event.number) + ";"; }
  void apply(const counted& event, const quipu::event_header& header) {
    told += "digit " + std::to_string(event.digit) + " of " + std::to_string(header.position.sequence) + "@" +
            std::to_string(header.schema_version) + ";";
  }
  void apply(const either& event) { told += "either " + std::to_string(event.value) + ";"; }
};

}  // namespace upcasts
