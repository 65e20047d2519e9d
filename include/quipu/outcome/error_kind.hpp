// SPDX-License-Identifier: BSL-1.0
//
// error_kind.hpp: the kind of a failure as programs see it. `errc` lists the library's failures; an `error_kind` may
// also be the program's own. It states whether the request or the system caused the failure, and whether a retry may
// succeed.
#pragma once

#include "../core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace quipu {

/// The cause of a failure: the rules of the program's domain, or the system.
enum class error_class : std::uint8_t {
  domain = 0,       ///< the request is valid but refused; report it to the user
  operational = 1,  ///< the system failed; report it to the operator
};

/// A numbered kind of failure. The numbers are stored in events and never change meaning.
struct error_kind {
  std::uint16_t number{8};

  static const error_kind not_found;         ///< domain
  static const error_kind conflict;          ///< domain, retryable: decide again on the current state
  static const error_kind validation;        ///< domain
  static const error_kind policy_rejection;  ///< domain: a gate denied the proposal
  static const error_kind storage;           ///< operational; not retryable, because a failed flush never is
  static const error_kind timeout;           ///< operational, retryable
  static const error_kind serialization;     ///< operational
  static const error_kind internal;          ///< operational

  static constexpr unsigned max_custom = 0x1FFF;

  /// Returns a kind of the program with its own classification. Kinds with one number and different classifications
  /// differ. A number over `max_custom` does not compile in a constant expression and throws `errc::invalid_argument`
  /// at run time.
  [[nodiscard]] static constexpr error_kind custom(unsigned own, error_class belongs_to = error_class::domain,
                                                   bool retryable = false) {
    if (own > max_custom) throw error{errc::invalid_argument, "a custom error kind has 13 bits: 0 to 8191"};
    const unsigned operational = belongs_to == error_class::operational ? operational_bit : 0U;
    return {static_cast<std::uint16_t>(custom_bit | operational | (retryable ? retryable_bit : 0U) | own)};
  }

  [[nodiscard]] constexpr bool is_custom() const noexcept { return (number & custom_bit) != 0; }
  /// Returns the number given to `custom`; 0 for a kind of the library.
  [[nodiscard]] constexpr unsigned custom_number() const noexcept { return is_custom() ? number & max_custom : 0U; }

  /// Returns the classification; operational for numbers that this version of the library does not know.
  [[nodiscard]] constexpr error_class classification() const noexcept {
    if (is_custom()) return (number & operational_bit) != 0 ? error_class::operational : error_class::domain;
    return number >= 1 && number <= 4 ? error_class::domain : error_class::operational;
  }
  [[nodiscard]] constexpr bool is_domain() const noexcept { return classification() == error_class::domain; }
  [[nodiscard]] constexpr bool is_operational() const noexcept { return classification() == error_class::operational; }
  /// Returns whether a retry may succeed. This is the default of `outcome_error::retryable`.
  [[nodiscard]] constexpr bool is_retryable() const noexcept {
    return is_custom() ? (number & retryable_bit) != 0 : number == 2 || number == 6;
  }

  /// Returns the name as spelled above; `custom` for kinds of the program.
  [[nodiscard]] constexpr std::string_view name() const noexcept {
    if (is_custom()) return "custom";
    switch (number) {
      case 1:
        return "not_found";
      case 2:
        return "conflict";
      case 3:
        return "validation";
      case 4:
        return "policy_rejection";
      case 5:
        return "storage";
      case 6:
        return "timeout";
      case 7:
        return "serialization";
      case 8:
        return "internal";
      default:
        return "unknown";
    }
  }
  /// Returns the name; for a custom kind with its number: `custom(7)`.
  [[nodiscard]] std::string str() const;

  friend constexpr bool operator==(const error_kind&, const error_kind&) noexcept = default;

 private:
  static constexpr unsigned custom_bit = 0x8000;
  static constexpr unsigned operational_bit = 0x4000;
  static constexpr unsigned retryable_bit = 0x2000;
};

inline constexpr error_kind error_kind::not_found{1};
inline constexpr error_kind error_kind::conflict{2};
inline constexpr error_kind error_kind::validation{3};
inline constexpr error_kind error_kind::policy_rejection{4};
inline constexpr error_kind error_kind::storage{5};
inline constexpr error_kind error_kind::timeout{6};
inline constexpr error_kind error_kind::serialization{7};
inline constexpr error_kind error_kind::internal{8};

}  // namespace quipu
