// SPDX-License-Identifier: BSL-1.0
//
// outcome_error.hpp: a failure as a value: its kind, message, compensation, and whether a retry may succeed. A value
// made from a caught `quipu::error` keeps its details and converts back to the same exception.
#pragma once

#include "compensation_action.hpp"
#include "error_kind.hpp"
#include "text.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu {

/// The details of a `quipu::error` besides its message.
struct error_origin {
  errc code{};
  text path{};
  std::optional<std::uint64_t> offset{};
  std::optional<std::uint64_t> expected{};
  std::optional<std::uint64_t> actual{};
  std::int32_t system_error{};  ///< `errno`, or 0

  friend constexpr bool operator==(const error_origin&, const error_origin&) = default;
};

/// A failure.
struct outcome_error {
  error_kind kind{error_kind::internal};
  text message{};
  std::optional<compensation_action> compensation{};
  bool retryable{kind.is_retryable()};
  std::optional<error_origin> origin{};  ///< set if the failure was thrown as a `quipu::error`

  friend constexpr bool operator==(const outcome_error& left, const outcome_error& right) {
    return left.kind == right.kind && left.message == right.message && left.retryable == right.retryable &&
           left.compensation == right.compensation && left.origin == right.origin;
  }
};

/// Returns the kind of a failure of the library.
[[nodiscard]] constexpr error_kind kind_for(errc code) noexcept {
  switch (code) {
    case errc::invalid_argument:
    case errc::invalid_coordinate:
    case errc::configuration:
    case errc::payload_too_large:
      return error_kind::validation;
    case errc::not_found:
      return error_kind::not_found;
    case errc::conflict:
    case errc::idempotency_mismatch:
      return error_kind::conflict;
    case errc::kind_mismatch:
    case errc::decode_failed:
    case errc::encode_failed:
    case errc::schema_drift:
      return error_kind::serialization;
    case errc::corrupt:
    case errc::unsupported_format:
    case errc::locked:
    case errc::io_failed:
    case errc::storage_full:
    case errc::cache_failed:
    case errc::closed:
    case errc::writer_failed:
    case errc::trimmed:
    case errc::diverged:
      return error_kind::storage;
    case errc::timeout:
    case errc::busy:
    case errc::unavailable:
      return error_kind::timeout;
    case errc::cancelled:
      return error_kind::internal;
  }
  return error_kind::internal;
}

/// Returns the code with which a failure without an origin is thrown.
[[nodiscard]] constexpr errc code_for(error_kind kind) noexcept {
  if (kind == error_kind::not_found) return errc::not_found;
  if (kind == error_kind::conflict) return errc::conflict;
  if (kind == error_kind::storage) return errc::io_failed;
  if (kind == error_kind::timeout) return errc::timeout;
  if (kind == error_kind::serialization) return errc::decode_failed;
  return errc::invalid_argument;
}

/// Converts an exception to a value. `conflict`, `timeout`, `busy`, `locked` and `unavailable` are retryable. A used
/// idempotency key is a conflict that is not retryable. Use `outcome::cancelled` instead for `errc::cancelled`.
[[nodiscard]] outcome_error from_error(const error& thrown);

/// Converts a value to an exception: the original exception, or for other failures `code_for(kind)` with the message.
[[nodiscard]] error to_error(const outcome_error& failure);

}  // namespace quipu
