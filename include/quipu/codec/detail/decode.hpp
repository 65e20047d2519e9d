// SPDX-License-Identifier: BSL-1.0
//
// decode.hpp: bytes to values. Total: any input gives a value or `false`. A count is believed only as far as the bytes
// that are left can back it, and memory is reserved for no more than those bytes justify.
#pragma once

#include "../../core/byte_io.hpp"
#include "../schema.hpp"
#include "encode.hpp"
#include "size.hpp"
#include "time.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace quipu::detail {

template <class Type>
bool load_fixed(const std::byte*& from, Type& value);

template <class Type>
bool load_time(const std::byte* from, Type& value) {
  if constexpr (shape_of<Type> == shape::time_point) {
    typename Type::duration::rep ticks{};
    if (!nanoseconds_to_ticks<typename Type::duration::period>(load_little_endian<std::int64_t>(from), ticks))
      return false;
    value = Type{typename Type::duration{ticks}};
    return true;
  } else if constexpr (std::is_floating_point_v<typename Type::rep>) {
    const double stored = load_little_endian<double>(from);
    const auto ticks = static_cast<typename Type::rep>(stored);
    // What was written from a narrower type goes back into it unchanged.
    if (std::bit_cast<std::uint64_t>(static_cast<double>(ticks)) != std::bit_cast<std::uint64_t>(stored)) return false;
    value = Type{ticks};
    return true;
  } else {
    const auto count = load_little_endian<std::int64_t>(from);
    if (!fits<typename Type::rep>(count)) return false;
    value = Type{static_cast<typename Type::rep>(count)};
    return true;
  }
}

/// Reads a value of a type with a fixed size, whose bytes are known to be there.
template <class Type>
bool load_fixed(const std::byte*& from, Type& value) {
  constexpr shape kind = shape_of<Type>;
  if constexpr (is_packed<Type>) {
    std::memcpy(static_cast<void*>(&value), from, sizeof(Type));
    from += sizeof(Type);
    return true;
  } else if constexpr (kind == shape::boolean || kind == shape::enumeration || kind == shape::byte ||
                       kind <= shape::character) {
    if constexpr (sizeof(Type) == 1) {
      const auto raw = std::to_integer<std::uint8_t>(*from);
      if constexpr (std::is_same_v<Type, bool>) {
        if (raw > 1) return false;
      } else if constexpr (kind == shape::enumeration) {
        if constexpr (std::is_same_v<std::underlying_type_t<Type>, bool>) {
          if (raw > 1) return false;
        }
      }
      value = static_cast<Type>(raw);
    } else {
      value = load_little_endian<Type>(from);
    }
    from += sizeof(Type);
    return true;
  } else if constexpr (kind == shape::duration || kind == shape::time_point) {
    const std::byte* const start = from;
    from += 8;
    return load_time(start, value);
  } else if constexpr (kind == shape::fixed_array) {
    for (auto& element : value) {
      if (!load_fixed(from, element)) return false;
    }
    return true;
  } else if constexpr (kind == shape::tuple) {
    return std::apply([&](auto&... parts) { return (load_fixed(from, parts) && ...); }, value);
  } else {
    return visit_members(value, [&](auto&... members) { return (load_fixed(from, members) && ...); });
  }
}

template <class Type>
bool decode_value(byte_reader& reader, Type& value, unsigned depth);

/// Reads a count, and refuses one that the bytes left over can't be the elements of.
inline bool get_count(byte_reader& reader, std::size_t min_size, std::size_t& count) noexcept {
  std::uint32_t stored = 0;
  if (!reader.get(stored) || stored > reader.remaining() / min_size) return false;
  count = stored;
  return true;
}

/// How many elements to make room for at once: as many as are promised, in no more memory than there is input.
template <class Element>
std::size_t justified_capacity(const byte_reader& reader, std::size_t count) noexcept {
  const std::size_t most = reader.remaining() / sizeof(Element);
  return count < most ? count : most;
}

template <class... Parts>
bool decode_element(byte_reader& reader, unsigned depth, Parts&... parts) {
  if (!(decode_value(reader, parts, depth) && ...)) return false;
  if constexpr (is_padded<Parts...>) {
    std::uint8_t pad = 1;
    return reader.get(pad) && pad == 0;
  } else {
    return true;
  }
}

/// Adds elements at the end of a sequence.
template <class Sequence>
class sequence_end {
 public:
  explicit sequence_end(Sequence& sequence) : sequence_{sequence} {
    if constexpr (is_forward_list) last_ = sequence_.before_begin();
  }
  decltype(auto) add() {
    if constexpr (is_forward_list) {
      last_ = sequence_.emplace_after(last_);
      return *last_;
    } else {
      if constexpr (requires { sequence_.emplace_back(); })
        sequence_.emplace_back();
      else
        sequence_.push_back({});
      return sequence_.back();
    }
  }

 private:
  static constexpr bool is_forward_list = requires(Sequence & sequence) { sequence.before_begin(); };

  Sequence& sequence_;
  [[no_unique_address]] std::conditional_t<is_forward_list, typename Sequence::iterator, std::tuple<>> last_{};
};

template <class Sequence>
void reserve_elements(Sequence& sequence, std::size_t count) {
  if constexpr (requires { sequence.reserve(count); }) sequence.reserve(count);
}

template <class Sequence>
bool decode_sequence(byte_reader& reader, Sequence& sequence, unsigned depth) {
  using element_type = typename Sequence::value_type;
  std::size_t count = 0;
  if (!get_count(reader, min_element_size<element_type>, count)) return false;
  sequence.clear();
  if constexpr (std::is_same_v<element_type, bool>) {
    bytes_view raw;
    if (!reader.take(raw, count)) return false;
    reserve_elements(sequence, count);
    sequence_end end{sequence};
    for (const std::byte element : raw) {
      if (std::to_integer<unsigned>(element) > 1) return false;
      end.add() = element != std::byte{0};
    }
    return true;
  } else if constexpr (is_packed<element_type> && contiguous_sequence<Sequence>) {
    bytes_view raw;
    if (!reader.take(raw, count * sizeof(element_type))) return false;
    sequence.resize(count);
    if (count != 0) std::memcpy(static_cast<void*>(sequence.data()), raw.data(), raw.size());
    return true;
  } else {
    reserve_elements(sequence, justified_capacity<element_type>(reader, count));
    sequence_end end{sequence};
    for (; count != 0; --count) {
      if (!decode_element(reader, depth, end.add())) return false;
    }
    return true;
  }
}

/// Elements must come in the container's own order, so that no two encodings give one value.
template <class Container>
bool decode_ordered(byte_reader& reader, Container& container, unsigned depth) {
  constexpr bool is_map = shape_of<Container> == shape::map;
  const auto follows = [&](const auto& key) {
    if (container.empty()) return true;
    auto last = container.end();
    --last;
    const auto& previous = [&]() -> const auto& {
      if constexpr (is_map)
        return last->first;
      else
        return *last;
    }
    ();
    if constexpr (keeps_equal_keys<Container>)
      return !container.key_comp()(key, previous);
    else
      return static_cast<bool>(container.key_comp()(previous, key));
  };
  container.clear();
  std::size_t count = 0;
  if constexpr (is_map) {
    using key_type = typename Container::key_type;
    using mapped_type = typename Container::mapped_type;
    if (!get_count(reader, min_element_size<key_type, mapped_type>, count)) return false;
    for (; count != 0; --count) {
      key_type key{};
      mapped_type mapped{};
      if (!decode_element(reader, depth, key, mapped) || !follows(key)) return false;
      container.emplace_hint(container.end(), std::move(key), std::move(mapped));
    }
  } else {
    using key_type = typename Container::key_type;
    if (!get_count(reader, min_element_size<key_type>, count)) return false;
    for (; count != 0; --count) {
      key_type key{};
      if (!decode_element(reader, depth, key) || !follows(key)) return false;
      container.emplace_hint(container.end(), std::move(key));
    }
  }
  return true;
}

/// The bytes that were read since `start` was copied from the reader.
inline bytes_view read_since(byte_reader start, const byte_reader& reader) noexcept {
  bytes_view raw;
  return start.take(raw, reader.position() - start.position()) ? raw : bytes_view{};
}

/// Elements must come sorted by their bytes; keys that may not repeat must differ in theirs, and to the container as
/// well.
template <class Container>
bool decode_hashed(byte_reader& reader, Container& container, unsigned depth) {
  constexpr bool is_map = shape_of<Container> == shape::hashed_map;
  container.clear();
  bytes_view previous_element;
  bytes_view previous_key;
  const auto follows = [&](bytes_view key, bytes_view element, bool is_first) {
    const bool in_order = is_first || (keeps_equal_keys<Container> ? !sorts_before(element, previous_element)
                                                                   : sorts_before(previous_key, key));
    previous_element = element;
    previous_key = key;
    return in_order;
  };
  std::size_t count = 0;
  const auto read_elements = [&](auto read_one) {
    // A table of places, one pointer each.
    container.reserve(justified_capacity<void*>(reader, count));
    for (std::size_t index = 0; index < count; ++index) {
      if (!read_one(index == 0)) return false;
      if (container.size() != index + 1) return false;
    }
    return true;
  };
  if constexpr (is_map) {
    using key_type = typename Container::key_type;
    using mapped_type = typename Container::mapped_type;
    if (!get_count(reader, min_element_size<key_type, mapped_type>, count)) return false;
    return read_elements([&](bool is_first) {
      key_type key{};
      mapped_type mapped{};
      const byte_reader start = reader;
      if (!decode_value(reader, key, depth)) return false;
      const bytes_view key_bytes = read_since(start, reader);
      if (!decode_value(reader, mapped, depth)) return false;
      if constexpr (is_padded<key_type, mapped_type>) {
        std::uint8_t pad = 1;
        if (!reader.get(pad) || pad != 0) return false;
      }
      if (!follows(key_bytes, read_since(start, reader), is_first)) return false;
      container.emplace(std::move(key), std::move(mapped));
      return true;
    });
  } else {
    using key_type = typename Container::key_type;
    if (!get_count(reader, min_element_size<key_type>, count)) return false;
    return read_elements([&](bool is_first) {
      key_type key{};
      const byte_reader start = reader;
      if (!decode_element(reader, depth, key)) return false;
      const bytes_view element = read_since(start, reader);
      if (!follows(element, element, is_first)) return false;
      container.emplace(std::move(key));
      return true;
    });
  }
}

template <class Variant, std::size_t... indices>
bool decode_alternative(byte_reader& reader, Variant& variant, std::size_t index, unsigned depth,
                        std::index_sequence<indices...>) {
  bool decoded = false;
  static_cast<void>((
      (index == indices && (decoded = decode_value(reader, variant.template emplace<indices>(), depth), true)) || ...));
  return decoded;
}

template <class Type>
bool decode_expected(byte_reader& reader, Type& value, unsigned depth) {
  std::uint8_t index = 0;
  if (!reader.get(index) || index > 1) return false;
  if (index == 1) {
    typename Type::error_type error{};
    if (!decode_value(reader, error, depth)) return false;
    value = typename Type::unexpected_type{std::move(error)};
  } else if constexpr (std::is_void_v<typename Type::value_type>) {
    value = Type{};
  } else {
    typename Type::value_type held{};
    if (!decode_value(reader, held, depth)) return false;
    value = std::move(held);
  }
  return true;
}

template <class Type>
bool decode_external(byte_reader& reader, Type& value, unsigned depth) {
  if constexpr (external_with_schema<Type>) {
    return external_codec<Type>::decode(reader, value, depth);
  } else {
    std::size_t size = 0;
    bytes_view raw;
    if (!get_count(reader, 1, size) || !reader.take(raw, size)) return false;
    byte_reader own{raw};
    return external_codec<Type>::decode(own, value, depth) && own.at_end();
  }
}

/// Reads one value, and leaves what follows it. False for anything that `encode_value` doesn't write; the value is then
/// valid and unspecified. Throws nothing but `std::bad_alloc`.
template <class Type>
bool decode_value(byte_reader& reader, Type& value, [[maybe_unused]] unsigned depth) {
  constexpr shape kind = shape_of<Type>;
  if constexpr (fixed_encoded_size<Type> != no_fixed_size) {
    bytes_view raw;
    if (!reader.take(raw, fixed_encoded_size<Type>)) return false;
    const std::byte* from = raw.data();
    return load_fixed(from, value);
  } else if constexpr (kind == shape::string) {
    std::size_t count = 0;
    bytes_view raw;
    if (!get_count(reader, 1, count) || !reader.take(raw, count)) return false;
    value.assign(reinterpret_cast<const char*>(raw.data()), raw.size());
    return true;
  } else if constexpr (kind == shape::sequence) {
    return decode_sequence(reader, value, depth);
  } else if constexpr (kind == shape::fixed_array) {
    for (auto& element : value) {
      if (!decode_value(reader, element, depth)) return false;
    }
    return true;
  } else if constexpr (kind == shape::optional) {
    std::uint8_t present = 0;
    if (!reader.get(present) || present > 1) return false;
    value.reset();
    if (present == 0) return true;
    if constexpr (requires { value.emplace(); }) {
      return decode_value(reader, value.emplace(), depth);
    } else {
      value = Type{new typename Type::element_type()};
      return decode_value(reader, *value, depth);
    }
  } else if constexpr (kind == shape::expected) {
    return decode_expected(reader, value, depth);
  } else if constexpr (kind == shape::variant) {
    std::uint8_t index = 0;
    if (!reader.get(index)) return false;
    return decode_alternative(reader, value, index, depth, std::make_index_sequence<std::variant_size_v<Type>>{});
  } else if constexpr (kind == shape::tuple) {
    return std::apply([&](auto&... parts) { return (decode_value(reader, parts, depth) && ...); }, value);
  } else if constexpr (kind == shape::set || kind == shape::map) {
    return decode_ordered(reader, value, depth);
  } else if constexpr (kind == shape::hashed_set || kind == shape::hashed_map) {
    return decode_hashed(reader, value, depth);
  } else if constexpr (kind == shape::external) {
    return decode_external(reader, value, depth);
  } else {
    if constexpr (is_named<Type>) {
      if (depth >= depth_limit) return false;
    }
    const unsigned inner = is_named<Type> ? depth + 1 : depth;
    return visit_members(value, [&](auto&... members) { return (decode_value(reader, members, inner) && ...); });
  }
}

}  // namespace quipu::detail
