// SPDX-License-Identifier: BSL-1.0
//
// field.hpp: describes the fixed part of a persisted structure. Each structure has a `layout` that lists its fields and
// their offsets; writers, readers and tests of the structure name the field:
//
//   struct layout {
//     static constexpr field<std::uint32_t> size{0};
//     static constexpr field<event_id> id{4};
//   };
//   static_assert(fields_fill(0, 20, layout::size, layout::id));
//
//   layout::id.store(head, id);
//   const event_id id = layout::id.load(head);
#pragma once

#include "../byte_io.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace quipu::detail {

/// A value of bytes that is stored as in memory: an id, a digest, a magic.
template <class Value>
concept plain_bytes = std::is_trivially_copyable_v<Value> && alignof(Value) == 1 && !scalar_bits<Value>;

/// A value with its own layout: `layout_size`, `static Value load(const std::byte*)`, `void store(std::byte*)`.
template <class Value>
concept described_value = requires {
  Value::layout_size;
};

/// A value at a fixed offset of a structure. Numbers are little-endian. `load` and `store` take the first byte of the
/// structure, which must have at least `end()` bytes.
template <class Value>
requires scalar_bits<Value> || plain_bytes<Value> || described_value<Value>
struct field {
  std::size_t offset;

  [[nodiscard]] static constexpr std::size_t size() noexcept {
    if constexpr (described_value<Value>)
      return Value::layout_size;
    else
      return sizeof(Value);
  }
  /// Offset of the first byte after the field.
  [[nodiscard]] constexpr std::size_t end() const noexcept { return offset + size(); }

  [[nodiscard]] Value load(const std::byte* from) const noexcept {
    if constexpr (described_value<Value>) {
      return Value::load(from + offset);
    } else if constexpr (plain_bytes<Value>) {
      std::array<std::byte, sizeof(Value)> raw;
      std::memcpy(raw.data(), from + offset, raw.size());
      return std::bit_cast<Value>(raw);
    } else {
      return load_little_endian<Value>(from + offset);
    }
  }

  void store(std::byte* to, const Value& value) const noexcept {
    if constexpr (described_value<Value>)
      value.store(to + offset);
    else if constexpr (plain_bytes<Value>)
      std::memcpy(to + offset, &value, sizeof(Value));
    else
      store_little_endian(to + offset, value);
  }
};

/// Returns true if the fields are adjacent and fill the bytes from `begin` to `end`.
template <class... Fields>
[[nodiscard]] constexpr bool fields_fill(std::size_t begin, std::size_t end, const Fields&... fields) noexcept {
  bool adjacent = true;
  ((adjacent = adjacent && fields.offset == begin, begin = fields.end()), ...);
  return adjacent && begin == end;
}

}  // namespace quipu::detail
