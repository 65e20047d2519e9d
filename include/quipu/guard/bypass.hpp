// SPDX-License-Identifier: BSL-1.0
//
// bypass.hpp: commits a proposal without evaluating the gates. A bypass requires a named reason, which is stored with
// the event:
//   struct migration {
//     static constexpr std::string_view name = "migration";
//     static constexpr std::string_view justification = "opening balances";
//   };
//   pipe.commit(quipu::bypass(quipu::proposal{deposited{500}}, migration{}), store, where);
// The event's `bypass_reason()` is then `migration: opening balances`. The hash chain covers it.
#pragma once

#include "permit.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu {

/// Maximum size of a reason in bytes.
inline constexpr std::size_t bypass_reason_limit = 1024;

namespace detail {

template <class Reason>
concept has_bypass_name = requires {
  { Reason::name } -> std::convertible_to<std::string_view>;
  typename std::bool_constant<(std::string_view{Reason::name}.size() > 0)>;  // usable in a constant expression
  requires(std::string_view{Reason::name}.size() > 0);
};
template <class Reason>
concept has_justification = requires {
  { Reason::justification } -> std::convertible_to<std::string_view>;
  typename std::bool_constant<(std::string_view{Reason::justification}.size() > 0)>;  // usable in a constant expression
  requires(std::string_view{Reason::justification}.size() > 0);
};

/// Returns `name: justification` as a constant.
template <class Reason>
consteval auto join_bypass_reason() {
  constexpr std::string_view name = Reason::name;
  constexpr std::string_view why = Reason::justification;
  std::array<char, name.size() + 2 + why.size()> joined{};
  std::size_t size = 0;
  for (const std::string_view part : {name, std::string_view{": "}, why})
    for (const char letter : part) joined[size++] = letter;
  return joined;
}

template <class Reason>
inline constexpr auto joined_bypass_reason = join_bypass_reason<Reason>();

}  // namespace detail

/// A proposal that bypasses the gates, with the reason. Move-only; every pipeline accepts it, once. Not thread-safe.
template <class Payload>
class [[nodiscard]] bypassed {
 public:
  bypassed(const bypassed&) = delete;
  bypassed& operator=(const bypassed&) = delete;
  constexpr bypassed(bypassed&& other) noexcept(std::is_nothrow_move_constructible_v<Payload>)
      : payload_(std::move(other.payload_)), reason_{other.reason_}, spent_{std::exchange(other.spent_, true)} {}
  bypassed& operator=(bypassed&&) = delete;
  constexpr ~bypassed() = default;

  /// The proposed payload. Do not read it from a spent object: it may be moved from.
  [[nodiscard]] constexpr const Payload& payload() const noexcept { return payload_; }
  /// `name: justification`
  [[nodiscard]] constexpr std::string_view reason() const noexcept { return reason_; }
  [[nodiscard]] constexpr bool is_spent() const noexcept { return spent_; }

 private:
  template <class GateSet>
  friend class pipeline;
  template <class Proposed, class Reason>
  friend constexpr bypassed<Proposed> bypass(proposal<Proposed> proposed, const Reason& reason);

  constexpr bypassed(Payload&& payload, std::string_view reason) : payload_(std::move(payload)), reason_{reason} {}

  constexpr Payload spend() {
    if (spent_) throw error{errc::invalid_argument, "a bypass was spent twice, or moved from and then spent"};
    spent_ = true;
    return std::move(payload_);
  }

  Payload payload_;
  std::string_view reason_;
  bool spent_{};
};

/// Returns a proposal that is committed without evaluating the gates. The type of the reason must have a static `name`
/// and a static `justification`, both non-empty and together at most `bypass_reason_limit` bytes.
template <class Payload, class Reason>
[[nodiscard]] constexpr bypassed<Payload> bypass(proposal<Payload> proposed, const Reason& reason) {
  static_cast<void>(reason);
  constexpr bool named = detail::has_bypass_name<Reason>;
  constexpr bool justified = detail::has_justification<Reason>;
  static_assert(named, "a reason to bypass the gates has a name: static constexpr std::string_view name");
  static_assert(justified, "a reason to bypass the gates says why: static constexpr std::string_view justification");
  if constexpr (named && justified) {
    constexpr auto& joined = detail::joined_bypass_reason<Reason>;
    static_assert(joined.size() <= bypass_reason_limit, "a reason to bypass the gates is at most 1,024 bytes long");
    return {std::move(proposed).payload(), std::string_view{joined.data(), joined.size()}};
  } else {
    return {std::move(proposed).payload(), {}};
  }
}

}  // namespace quipu
