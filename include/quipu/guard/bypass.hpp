// SPDX-License-Identifier: BSL-1.0
//
// bypass.hpp: the one way round the gates. It needs a reason that has a name, and what is committed says that it was
// taken:
//   struct migration {
//     static constexpr std::string_view name = "migration";
//     static constexpr std::string_view justification = "opening balances";
//   };
//   pipe.commit(quipu::bypass(quipu::proposal{deposited{500}}, migration{}), store, where);
// The event's `bypass_reason()` is then `migration: opening balances`, for good: it is under the hash chain.
#pragma once

#include "permit.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu {

/// The most that an event keeps of a reason, in bytes.
inline constexpr std::size_t bypass_reason_limit = 1024;

namespace detail {

template <class Reason>
concept has_bypass_name = requires {
  { Reason::name } -> std::convertible_to<std::string_view>;
  typename std::bool_constant<(std::string_view{Reason::name}.size() > 0)>;  // a constant
  requires(std::string_view{Reason::name}.size() > 0);
};
template <class Reason>
concept has_justification = requires {
  { Reason::justification } -> std::convertible_to<std::string_view>;
  typename std::bool_constant<(std::string_view{Reason::justification}.size() > 0)>;  // a constant
  requires(std::string_view{Reason::justification}.size() > 0);
};

/// `name: justification`, made while compiling.
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

/// A proposal that goes round the gates, and why. Move-only, like a permit; every pipeline takes it, once. Not
/// thread-safe.
template <class Payload>
class [[nodiscard]] bypassed {
 public:
  using payload_type = Payload;

  bypassed(const bypassed&) = delete;
  bypassed& operator=(const bypassed&) = delete;
  constexpr bypassed(bypassed&& other) noexcept(std::is_nothrow_move_constructible_v<Payload>)
      : payload_(std::move(other.payload_)), reason_{other.reason_}, spent_{std::exchange(other.spent_, true)} {}
  bypassed& operator=(bypassed&&) = delete;
  constexpr ~bypassed() = default;

  /// What goes round the gates. Don't read it once it is spent: it may have been moved out.
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

/// A proposal to be committed without asking the gates. The reason's type names it: a static `name` and
/// `justification`, neither of them empty, and together within `bypass_reason_limit`.
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
