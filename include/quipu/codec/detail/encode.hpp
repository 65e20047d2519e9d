// SPDX-License-Identifier: BSL-1.0
//
// encode.hpp: values to bytes, by the rules of docs/encoding.md. What has a fixed size is stored into room made once;
// what is packed moves by one memcpy; the rest is appended part by part.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/error.hpp"
#include "../schema.hpp"
#include "size.hpp"
#include "time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace quipu::detail {

[[noreturn]] void throw_encode_failed(const char* why);

template <class Type>
std::byte* store_fixed(std::byte* to, const Type& value);

template <class Type>
std::byte* store_time(std::byte* to, const Type& value) {
  if constexpr (shape_of<Type> == shape::time_point) {
    std::int64_t nanoseconds = 0;
    if (!ticks_to_nanoseconds<typename Type::duration::period>(value.time_since_epoch().count(), nanoseconds)) {
      throw_encode_failed(
          "a time point outside of 1677-09-21 to 2262-04-11, counted from 1970-01-01: a 64-bit number of nanoseconds");
    }
    store_little_endian(to, nanoseconds);
  } else if constexpr (std::is_floating_point_v<typename Type::rep>) {
    store_little_endian(to, static_cast<double>(value.count()));
  } else {
    if (!fits<std::int64_t>(value.count()))
      throw_encode_failed("a duration whose count is outside of -2^63 to 2^63 - 1");
    store_little_endian(to, static_cast<std::int64_t>(value.count()));
  }
  return to + 8;
}

/// Writes a value of a type with a fixed size, and returns the end.
template <class Type>
std::byte* store_fixed(std::byte* to, const Type& value) {
  constexpr shape kind = shape_of<Type>;
  if constexpr (is_packed<Type>) {
    std::memcpy(to, &value, sizeof(Type));
    return to + sizeof(Type);
  } else if constexpr (kind == shape::boolean || kind == shape::enumeration || kind == shape::byte ||
                       kind <= shape::character) {
    if constexpr (std::is_same_v<Type, bool>)
      *to = static_cast<std::byte>(value);
    else if constexpr (kind == shape::enumeration && sizeof(Type) == 1)
      *to = static_cast<std::byte>(value);
    else
      store_little_endian(to, value);
    return to + sizeof(Type);
  } else if constexpr (kind == shape::duration || kind == shape::time_point) {
    return store_time(to, value);
  } else if constexpr (kind == shape::fixed_array) {
    for (const auto& element : value) to = store_fixed(to, element);
    return to;
  } else if constexpr (kind == shape::tuple) {
    std::apply([&](const auto&... parts) { ((to = store_fixed(to, parts)), ...); }, value);
    return to;
  } else {
    visit_members(value, [&](const auto&... members) { ((to = store_fixed(to, members)), ...); });
    return to;
  }
}

template <class Type>
void encode_value(byte_writer& writer, const Type& value, unsigned depth);

[[nodiscard]] inline std::uint32_t checked_count(std::size_t count) {
  if (!fits<std::uint32_t>(count)) throw_encode_failed("a string or container of more than 4,294,967,295 elements");
  return static_cast<std::uint32_t>(count);
}
inline void put_count(byte_writer& writer, std::size_t count) { writer.put(checked_count(count)); }

/// Writes a count and the memory of so many packed elements.
void put_packed(byte_writer& writer, const void* data, std::size_t count, std::size_t element_size);

/// One element of a counted container; one that takes no bytes is given one, so that a count is always backed by input.
template <class... Parts>
void encode_element(byte_writer& writer, unsigned depth, const Parts&... parts) {
  (encode_value(writer, parts, depth), ...);
  if constexpr (is_padded<Parts...>) writer.put(std::uint8_t{0});
}

struct encoded_element {
  std::size_t offset;
  std::size_t size;
};

/// Whether one encoding sorts before another: by bytes, then the shorter first.
inline bool sorts_before(bytes_view left, bytes_view right) noexcept {
  const std::size_t common = left.size() < right.size() ? left.size() : right.size();
  const int order = common == 0 ? 0 : std::memcmp(left.data(), right.data(), common);
  return order != 0 ? order < 0 : left.size() < right.size();
}

/// Hash order differs between libraries and runs; the order of the encoded bytes doesn't. `encode_one` appends an
/// element.
template <class Container, class EncodeOne>
void encode_sorted(byte_writer& writer, const Container& container, EncodeOne encode_one) {
  const std::size_t start = writer.size();
  std::vector<encoded_element> elements;
  elements.reserve(container.size());
  for (const auto& element : container) {
    const std::size_t offset = writer.size() - start;
    encode_one(element);
    elements.push_back({offset, writer.size() - start - offset});
  }
  std::byte* const base = writer.buffer().data() + start;
  std::sort(elements.begin(), elements.end(), [base](const encoded_element& left, const encoded_element& right) {
    return sorts_before({base + left.offset, left.size}, {base + right.offset, right.size});
  });
  bytes sorted;
  sorted.reserve(writer.size() - start);
  for (const encoded_element& element : elements) {
    sorted.insert(sorted.end(), base + element.offset, base + element.offset + element.size);
  }
  if (!sorted.empty()) std::memcpy(base, sorted.data(), sorted.size());
}

template <class Container>
void encode_hashed(byte_writer& writer, const Container& container, unsigned depth) {
  encode_sorted(writer, container, [&](const auto& element) {
    if constexpr (shape_of<Container> == shape::hashed_map)
      encode_element(writer, depth, element.first, element.second);
    else
      encode_element(writer, depth, element);
  });
}

template <class Sequence>
std::size_t count_elements(const Sequence& sequence) {
  if constexpr (requires { sequence.size(); }) {
    return sequence.size();
  } else {
    std::size_t count = 0;
    for (auto element = sequence.begin(); element != sequence.end(); ++element) ++count;
    return count;
  }
}

template <class Sequence>
concept contiguous_sequence = requires(const Sequence& sequence) {
  sequence.data();
};

template <class Sequence>
void encode_sequence(byte_writer& writer, const Sequence& sequence, unsigned depth) {
  using element_type = typename Sequence::value_type;
  const std::size_t count = count_elements(sequence);
  if constexpr (is_packed<element_type> && contiguous_sequence<Sequence>) {
    put_packed(writer, sequence.data(), count, sizeof(element_type));
    return;
  }
  put_count(writer, count);
  if constexpr (std::is_same_v<element_type, bool>) {
    for (const bool element : sequence) writer.put(static_cast<std::uint8_t>(element));
  } else if constexpr (fixed_encoded_size<element_type> != no_fixed_size && fixed_encoded_size<element_type> != 0) {
    std::byte* to = writer.extend(count * fixed_encoded_size<element_type>);
    for (const auto& element : sequence) to = store_fixed(to, element);
  } else {
    for (const auto& element : sequence) encode_element(writer, depth, element);
  }
}

template <class Type>
void encode_external(byte_writer& writer, const Type& value, unsigned depth) {
  if constexpr (external_with_schema<Type>) {
    external_codec<Type>::encode(writer, value, depth);
  } else {
    const std::size_t start = writer.size();
    writer.put(std::uint32_t{0});
    external_codec<Type>::encode(writer, value, depth);
    const std::size_t size = writer.size() - start - 4;
    if (!fits<std::uint32_t>(size)) throw_encode_failed("a value of more than 4,294,967,295 bytes");
    store_little_endian(writer.buffer().data() + start, static_cast<std::uint32_t>(size));
  }
}

/// Appends a value. `depth` is how many named types it is inside of. Throws `errc::encode_failed`; the buffer then has
/// a part of the value at its end.
template <class Type>
void encode_value(byte_writer& writer, const Type& value, [[maybe_unused]] unsigned depth) {
  constexpr shape kind = shape_of<Type>;
  if constexpr (is_packed<Type>) {
    writer.write(&value, sizeof(Type));
  } else if constexpr (fixed_encoded_size<Type> != no_fixed_size) {
    if constexpr (fixed_encoded_size<Type> != 0) store_fixed(writer.extend(fixed_encoded_size<Type>), value);
  } else if constexpr (kind == shape::string) {
    put_packed(writer, value.data(), value.size(), 1);
  } else if constexpr (kind == shape::sequence) {
    encode_sequence(writer, value, depth);
  } else if constexpr (kind == shape::fixed_array) {
    for (const auto& element : value) encode_value(writer, element, depth);
  } else if constexpr (kind == shape::optional) {
    writer.put(static_cast<std::uint8_t>(static_cast<bool>(value)));
    if (value) encode_value(writer, *value, depth);
  } else if constexpr (kind == shape::expected) {
    writer.put(static_cast<std::uint8_t>(!value.has_value()));
    if (!value.has_value())
      encode_value(writer, value.error(), depth);
    else if constexpr (!std::is_void_v<typename Type::value_type>)
      encode_value(writer, *value, depth);
  } else if constexpr (kind == shape::variant) {
    if (value.valueless_by_exception()) throw_encode_failed("a variant without a value");
    writer.put(static_cast<std::uint8_t>(value.index()));
    std::visit([&](const auto& chosen) { encode_value(writer, chosen, depth); }, value);
  } else if constexpr (kind == shape::tuple) {
    std::apply([&](const auto&... parts) { (encode_value(writer, parts, depth), ...); }, value);
  } else if constexpr (kind == shape::set) {
    put_count(writer, value.size());
    for (const auto& element : value) encode_element(writer, depth, element);
  } else if constexpr (kind == shape::map) {
    put_count(writer, value.size());
    for (const auto& [key, mapped] : value) encode_element(writer, depth, key, mapped);
  } else if constexpr (kind == shape::hashed_set || kind == shape::hashed_map) {
    put_count(writer, value.size());
    encode_hashed(writer, value, depth);
  } else if constexpr (kind == shape::external) {
    encode_external(writer, value, depth);
  } else {
    if constexpr (is_named<Type>) {
      if (depth >= depth_limit) throw_encode_failed("a recursive value nested more than 64 deep");
    }
    const unsigned inner = is_named<Type> ? depth + 1 : depth;
    visit_members(value, [&](const auto&... members) { (encode_value(writer, members, inner), ...); });
  }
}

/// As `encode_value` for a value that isn't inside of another one. Counts the members of a record that have been
/// encoded: where this throws, that is the index of the member which has no encoding.
template <class Type>
void encode_members(byte_writer& writer, const Type& value, std::size_t& encoded) {
  if constexpr (!is_record<Type>) {
    encode_value(writer, value, 0);
  } else if constexpr (fixed_encoded_size<Type> != no_fixed_size) {
    std::byte* to = writer.extend(fixed_encoded_size<Type>);
    visit_members(value, [&](const auto&... members) { ((to = store_fixed(to, members), ++encoded), ...); });
  } else {
    constexpr unsigned depth = is_named<Type> ? 1 : 0;
    visit_members(value, [&](const auto&... members) { ((encode_value(writer, members, depth), ++encoded), ...); });
  }
}

}  // namespace quipu::detail
