// SPDX-License-Identifier: BSL-1.0
//
// blake3.hpp: the hash of the event chain: BLAKE3, whole or piece by piece, plain, keyed or for deriving keys, at run
// time and in constant expressions. Same values as every other BLAKE3 (the tests check the official vectors), on every
// platform.
//
// Messages are text (a literal or `const char*` counts up to its terminating NUL, as in `bytes_view`), or anything
// contiguous whose elements are one byte wide. Nothing here allocates, fails or keeps shared state: distinct objects
// can be used from distinct threads.
#pragma once

#include "../core/bytes.hpp"
#include "detail/blake3_many.hpp"
#include "detail/blake3_tree.hpp"
#include "digest.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace quipu {
namespace detail {

template <class Input>
concept text_input = std::is_convertible_v<const Input&, std::string_view>;

/// What the hash functions take.
template <class Input>
concept hash_input = text_input<Input> || byte_range<Input>;

template <byte_like Byte>
struct hash_message {
  const Byte* data;
  std::size_t size;
};

/// The same bytes, without the reinterpretation that constant expressions don't allow.
template <hash_input Input>
[[nodiscard]] constexpr auto message_of(const Input& input) noexcept {
  if constexpr (std::is_array_v<Input>) {
    std::size_t size = 0;
    while (size < std::extent_v<Input> && input[size] != '\0') ++size;
    return hash_message<char>{input, size};
  } else if constexpr (text_input<Input>) {
    const std::string_view text = input;
    return hash_message<char>{text.data(), text.size()};
  } else {
    return hash_message<std::remove_cv_t<std::remove_pointer_t<decltype(input.data())>>>{input.data(), input.size()};
  }
}

[[nodiscard]] constexpr blake3_words blake3_key_words(const std::array<std::byte, 32>& key) noexcept {
  blake3_words words{};
  for (std::size_t index = 0; index < words.size(); ++index) words[index] = blake3_load(key.data() + 4 * index);
  return words;
}

[[nodiscard]] constexpr blake3_level blake3_level_here() noexcept {
  return std::is_constant_evaluated() ? blake3_level::portable : blake3_best_level();
}

/// The key that a context stands for; a context is hashed by itself first.
[[nodiscard]] constexpr blake3_words blake3_context_key(std::string_view context) noexcept {
  return blake3_key_words(
      blake3_hash(blake3_level_here(), context.data(), context.size(), blake3_initial, blake3_flag::derive_key_context)
          .bytes());
}

}  // namespace detail

/// The BLAKE3 hash of a message.
template <detail::hash_input Input>
[[nodiscard]] constexpr digest blake3(const Input& input) noexcept {
  const auto message = detail::message_of(input);
  return detail::blake3_hash(detail::blake3_level_here(), message.data, message.size, detail::blake3_initial, 0);
}
[[nodiscard]] constexpr digest blake3(bytes_view input) noexcept {
  const std::byte* const from = input.data();
  return detail::blake3_hash(detail::blake3_level_here(), from, input.size(), detail::blake3_initial, 0);
}

/// The keyed hash of a message: a message authentication code, which only who has the key can make.
template <detail::hash_input Input>
[[nodiscard]] constexpr digest blake3_keyed(const std::array<std::byte, 32>& key, const Input& input) noexcept {
  const auto message = detail::message_of(input);
  return detail::blake3_hash(detail::blake3_level_here(), message.data, message.size, detail::blake3_key_words(key),
                             detail::blake3_flag::keyed);
}
template <detail::hash_input Input>
[[nodiscard]] constexpr digest blake3_keyed(const digest& key, const Input& input) noexcept {
  return blake3_keyed(key.bytes(), input);
}

/// A key for one purpose, from secret material for several. The context says which purpose; it should be a constant
/// that no other program uses, such as "example.org 2024-05-01 session tokens".
template <detail::hash_input Input>
[[nodiscard]] constexpr digest blake3_derive_key(std::string_view context, const Input& material) noexcept {
  const auto message = detail::message_of(material);
  return detail::blake3_hash(detail::blake3_level_here(), message.data, message.size,
                             detail::blake3_context_key(context), detail::blake3_flag::derive_key_material);
}

/// A hash of a message that comes in pieces; where they are cut makes no difference. A copy carries on from the same
/// point.
class blake3_hasher {
 public:
  constexpr blake3_hasher() noexcept : blake3_hasher{detail::blake3_initial, 0} {}

  /// Hashes as `blake3_keyed` does.
  [[nodiscard]] static constexpr blake3_hasher keyed(const std::array<std::byte, 32>& key) noexcept {
    return {detail::blake3_key_words(key), detail::blake3_flag::keyed};
  }
  [[nodiscard]] static constexpr blake3_hasher keyed(const digest& key) noexcept { return keyed(key.bytes()); }

  /// Hashes key material as `blake3_derive_key` does.
  [[nodiscard]] static constexpr blake3_hasher derive_key(std::string_view context) noexcept {
    return {detail::blake3_context_key(context), detail::blake3_flag::derive_key_material};
  }

  /// Takes the next piece.
  template <detail::hash_input Input>
  constexpr blake3_hasher& update(const Input& input) noexcept {
    const auto message = detail::message_of(input);
    tree_.update(message.data, message.size);
    return *this;
  }
  constexpr blake3_hasher& update(bytes_view input) noexcept {
    const std::byte* const from = input.data();
    tree_.update(from, input.size());
    return *this;
  }

  /// The hash of the pieces so far; more can follow.
  [[nodiscard]] constexpr digest finish() const noexcept { return tree_.finish(); }

  /// Writes down where the hash is, so that another hasher, made alike, can carry on from there: less than 2 KiB.
  template <class Bytes>
  void save(Bytes& to) const {
    tree_.save(to);
  }
  /// Carries on from what `save` wrote; false, and all is as before, where that can't have written it.
  [[nodiscard]] bool restore(bytes_view saved) noexcept { return tree_.restore(saved.data(), saved.size()); }

 private:
  constexpr blake3_hasher(const detail::blake3_words& key, std::uint32_t mode) noexcept
      : tree_{detail::blake3_level_here(), key, mode} {}

  detail::blake3_tree tree_;
};

}  // namespace quipu
