// SPDX-License-Identifier: BSL-1.0
//
// codec.hpp: values to bytes and back. Little-endian and canonical: equal values have equal bytes, on every platform
// (two floating-point numbers are equal here when their bits are). Decoding is total: any bytes give a value or
// `errc::decode_failed`. docs/encoding.md has every rule. Nothing here has state: all of it is thread-safe.
#pragma once

#include "../core/byte_io.hpp"
#include "../core/bytes.hpp"
#include "../core/error.hpp"
#include "detail/boost_load.hpp"
#include "detail/boost_save.hpp"
#include "detail/decode.hpp"
#include "detail/encode.hpp"
#include "fingerprint.hpp"
#include "schema_text.hpp"

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace quipu {
namespace detail {

[[noreturn]] void throw_decode_failed(std::string_view schema, std::size_t size);

/// Reads a value that takes the whole of `data`, into an existing one. False instead of an error; the value is then
/// valid and unspecified. Throws nothing but `std::bad_alloc`.
template <class Type>
[[nodiscard]] bool decode_into(bytes_view data, Type& value) {
  if constexpr (!encodable<Type>) {
    refuse_to_encode<Type>();
    return false;
  } else if constexpr (is_packed<Type>) {
    if (data.size() != sizeof(Type)) return false;
    std::memcpy(static_cast<void*>(&value), data.data(), sizeof(Type));
    return true;
  } else {
    byte_reader reader{data};
    return decode_value(reader, value, 0) && reader.at_end();
  }
}

}  // namespace detail

/// Appends the encoding of a value. Throws `errc::encode_failed` for a value that has none (a valueless variant, a time
/// out of range, more than 2^32-1 elements, a recursive value nested more than 64 deep); the buffer is then as it was
/// before.
template <class Type>
void encode_to(byte_writer& writer, const Type& value) {
  if constexpr (!encodable<Type>) {
    detail::refuse_to_encode<Type>();
  } else if constexpr (detail::is_packed<Type>) {
    writer.write(&value, sizeof(Type));
  } else {
    const std::size_t before = writer.size();
    try {
      detail::encode_value(writer, value, 0);
    } catch (...) {
      bytes& buffer = writer.buffer();
      buffer.resize(before);
      throw;
    }
  }
}

/// The encoding of a value. Throws as `encode_to` does.
template <class Type>
[[nodiscard]] bytes encode(const Type& value) {
  bytes buffer;
  byte_writer writer{buffer};
  encode_to(writer, value);
  return buffer;
}

/// Reads a value that takes the whole of `data` into an existing one, whose memory is reused where it can be. Throws
/// `errc::decode_failed` for anything that isn't an encoding of the type, bytes left over included; the value is then
/// valid and unspecified.
template <class Type>
void decode_to(bytes_view data, Type& value) {
  if (!detail::decode_into(data, value)) detail::throw_decode_failed(schema_text<Type>(), data.size());
}

/// The value that takes the whole of `data`. Throws as `decode_to` does.
template <class Type>
[[nodiscard]] Type decode(bytes_view data) {
  Type value{};
  decode_to(data, value);
  return value;
}

}  // namespace quipu
