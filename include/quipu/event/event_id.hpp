// SPDX-License-Identifier: BSL-1.0
//
// event_id.hpp: the id of an event: a UUID of version 7 (RFC 9562 §5.7), ordered by time, unique without coordination.
// The 12 bits after the millisecond hold the microsecond within it (§6.2, method 3), the next 22 a counter (method 1),
// the last 40 are random. So an id contains its event's clock reading, and the ids of a store ascend with the sequence.
#pragma once

#include "../codec/schema.hpp"
#include "../coordinate/hybrid_clock.hpp"
#include "../core/byte_io.hpp"
#include "../core/bytes.hpp"
#include "../core/detail/process_mark.hpp"
#include "../hash/blake3.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <time.h>
#include <unistd.h>

namespace quipu {

/// A 128-bit identifier. Ids are ordered by their bytes; for version 7 that is by time.
class event_id {
 public:
  /// The nil id: all zero.
  constexpr event_id() noexcept = default;
  constexpr explicit event_id(const std::array<std::uint8_t, 16>& raw) noexcept : raw_{raw} {}

  /// All zero: the id of no event.
  [[nodiscard]] static constexpr event_id nil() noexcept { return {}; }

  /// A new version 7 id, greater than every id that this process has generated. Thread-safe.
  [[nodiscard]] static event_id generate();

  /// An id derived from a name: version 8, made of the name's BLAKE3 hash. For idempotency keys.
  [[nodiscard]] static event_id from_name(bytes_view name);

  /// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, either case; nothing for any other text.
  [[nodiscard]] static constexpr std::optional<event_id> parse(std::string_view text) noexcept {
    if (text.size() != 36) return std::nullopt;
    event_id id;
    std::size_t digit = 0;
    for (std::size_t index = 0; index < text.size(); ++index) {
      if (index == 8 || index == 13 || index == 18 || index == 23) {
        if (text[index] != '-') return std::nullopt;
        continue;
      }
      const int value = detail::hex_value(text[index]);
      if (value < 0) return std::nullopt;
      id.raw_[digit / 2] = static_cast<std::uint8_t>(id.raw_[digit / 2] << 4 | value);
      ++digit;
    }
    return id;
  }

  /// A version 7 id with this clock reading and these random bits (the low 40 count).
  [[nodiscard]] static constexpr event_id from_reading(hybrid_clock::reading at, std::uint64_t random) noexcept {
    const auto wall_us = static_cast<std::uint64_t>(at.wall_us < 0 ? 0 : at.wall_us);
    const std::uint64_t high = (wall_us / 1000) << 16 | 0x7000U | wall_us % 1000;
    const std::uint64_t low = std::uint64_t{2} << 62 | std::uint64_t{at.counter & hybrid_clock::max_counter} << 40 |
                              (random & ((std::uint64_t{1} << 40) - 1));
    return event_id{std::bit_cast<std::array<std::uint8_t, 16>>(
        std::array<std::uint64_t, 2>{detail::big_endian(high), detail::big_endian(low)})};
  }

  /// The clock reading in an id that `from_reading` made. Unspecified for other ids.
  [[nodiscard]] constexpr hybrid_clock::reading reading() const noexcept {
    const std::uint64_t high = word(0);
    return {static_cast<std::int64_t>((high >> 16) * 1000 + (high & 0xFFF)),
            static_cast<std::uint32_t>(word(8) >> 40) & hybrid_clock::max_counter};
  }

  [[nodiscard]] constexpr const std::array<std::uint8_t, 16>& raw() const noexcept { return raw_; }
  [[nodiscard]] constexpr unsigned version() const noexcept { return raw_[6] >> 4; }
  [[nodiscard]] constexpr bool is_nil() const noexcept { return raw_ == std::array<std::uint8_t, 16>{}; }

  /// 36 characters, lower case.
  [[nodiscard]] std::string str() const;

  friend constexpr bool operator==(const event_id&, const event_id&) noexcept = default;

  /// The id as a number, most significant byte first. `<`, `<=`, `>`, `>=` and `<=>` of ids are the built-in operators
  /// of this type: g++ and clang evaluate their operands from left to right, but g++ evaluates those of an overloaded
  /// operator from right to left, and `generate() < generate()` would be false there. See docs/decisions/0045.
  __extension__ typedef unsigned __int128 uint128;
  enum class number : uint128 {};
  constexpr operator number() const noexcept { return static_cast<number>(uint128{word(0)} << 64 | word(8)); }

  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const event_id& id) {
    return out << id.str();
  }

 private:
  [[nodiscard]] constexpr std::uint64_t word(std::size_t at) const noexcept {
    return detail::big_endian(std::bit_cast<std::array<std::uint64_t, 2>>(raw_)[at / 8]);
  }

  std::array<std::uint8_t, 16> raw_{};
};

namespace detail {

/// SplitMix64 (Steele, Lea, Flood, 2014). Predictable, which is enough: ids must be unique, not unguessable.
class id_randomness {
 public:
  constexpr explicit id_randomness(std::uint64_t seed) noexcept : state_{seed} {}
  constexpr std::uint64_t next() noexcept {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
  }

 private:
  std::uint64_t state_;
};

/// Microseconds since the Unix epoch by the system's clock.
[[nodiscard]] std::int64_t system_now_us() noexcept;

/// The generator of `event_id::generate`. Thread-safe: a spin lock, held for a few nanoseconds. A forked child may find
/// it held by a thread of its parent; it takes the lock over, and has random bits of its own.
class process_id_generator {
 public:
  constexpr process_id_generator() noexcept = default;

  /// Throws `std::bad_alloc` as `process_mark` does, at the first call.
  event_id next();

 private:
  static std::uint64_t seed() noexcept;

  void lock(std::uint64_t own_number) noexcept;

  std::atomic<std::uint64_t> holder_{0};  // the process number of the thread that holds the lock, or 0
  std::uint64_t seeded_for_{0};           // a process number
  pid_t seeded_by_{0};
  hybrid_clock clock_{};
  id_randomness random_{0};
};

}  // namespace detail

inline event_id event_id::generate() {
  static constinit detail::process_id_generator generator;  // without a guard, which a fork could leave locked
  return generator.next();
}

namespace detail {

/// The encoding of an id in a payload or a state: its 16 bytes, in order.
template <>
struct external_codec<event_id> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "[u8;16]";
  static constexpr std::size_t min_size = 16;

  template <class Writer>
  static void encode(Writer& writer, const event_id& id, unsigned) {
    writer.write(id.raw().data(), id.raw().size());
  }
  template <class Reader>
  static bool decode(Reader& reader, event_id& id, unsigned) {
    std::array<std::uint8_t, 16> raw{};
    if (!reader.read(raw.data(), raw.size())) return false;
    id = event_id{raw};
    return true;
  }
};

}  // namespace detail
}  // namespace quipu
