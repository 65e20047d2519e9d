// SPDX-License-Identifier: BSL-1.0
//
// fingerprint.hpp: 64 bits that stand for a type's shape, equal on every compiler, standard library and platform, made
// while compiling. Source of the hash: XXH64 by Yann Collet, seed 0, over the schema text.
#pragma once

#include "../hash/xxhash64.hpp"
#include "schema_text.hpp"

#include <cstdint>
#include <string_view>

namespace quipu {

/// The fingerprint of a shape whose text is at hand, such as one read from a log.
[[nodiscard]] constexpr std::uint64_t fingerprint_of_text(std::string_view text) noexcept {
  return detail::xxhash64(text);
}

namespace detail {

template <class Type>
[[nodiscard]] constexpr std::uint64_t type_fingerprint() noexcept {
  if constexpr (encodable<Type>) {
    constexpr std::uint64_t hash = fingerprint_of_text(schema_text<Type>());
    return hash;
  } else {
    refuse_to_encode<Type>();
    return 0;
  }
}

/// What `fingerprint<Type>()` is. The projection layer adds a partial specialisation, constrained on the member type
/// `events`, whose `value()` combines `type_fingerprint<Type>()` with the projection's name, the kinds that are folded
/// and the version of the logic.
template <class Type>
struct fingerprint_traits {
  static constexpr std::uint64_t value() noexcept { return type_fingerprint<Type>(); }
};

}  // namespace detail

/// A structural hash. Of an encodable type: of its schema text, so that it differs when a field's type, order or name
/// differs, here or in a nested type; the type's own name is no part of it. Of a projection: of that, its name (its
/// static `name`, or else its qualified name), the events it folds, and its `version`. A `std::uint64_t`; the type is
/// deduced so that a type without fingerprint is one compile error.
template <class Type>
[[nodiscard]] constexpr auto fingerprint() noexcept {
  return detail::fingerprint_traits<Type>::value();
}

}  // namespace quipu
