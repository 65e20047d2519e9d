// SPDX-License-Identifier: BSL-1.0
//
// permit.hpp: the proof that a proposal passed a gate set, and the verdict that contains it. Only a gate set creates a
// permit; it cannot be copied and is spent once. A permit expresses "this was checked" as a type.
#pragma once

#include "../core/error.hpp"
#include "../outcome/outcome.hpp"
#include "denial.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace quipu {

namespace detail {

/// Identifies the gates that issue permits: a type of gate set and, where sets of a type differ, a number.
struct gate_set_id {
  const void* type{};
  std::uint64_t number{};
  friend constexpr bool operator==(const gate_set_id&, const gate_set_id&) noexcept = default;
};

}  // namespace detail

template <class... Gates>
class gate_set;
template <class Context, class Payload>
class dynamic_gate_set;
template <class GateSet>
class pipeline;

/// A proposed event that has not passed a gate set yet.
template <class Payload>
class proposal {
 public:
  constexpr explicit proposal(Payload payload) : payload_(std::move(payload)) {}

  [[nodiscard]] constexpr const Payload& payload() const& noexcept { return payload_; }
  [[nodiscard]] constexpr Payload&& payload() && noexcept { return std::move(payload_); }

 private:
  Payload payload_;
};

/// A proposal that a gate set allowed. Move-only; a moved-from permit counts as spent. Only pipelines with the same
/// gates accept it. Not thread-safe.
template <class Payload>
class [[nodiscard]] permit {
 public:
  permit(const permit&) = delete;
  permit& operator=(const permit&) = delete;
  constexpr permit(permit&& other) noexcept(std::is_nothrow_move_constructible_v<Payload>)
      : payload_(std::move(other.payload_)), issuer_{other.issuer_}, spent_{std::exchange(other.spent_, true)} {}
  permit& operator=(permit&&) = delete;
  constexpr ~permit() = default;

  /// The allowed payload. Do not read it from a spent permit: it may be moved from.
  [[nodiscard]] constexpr const Payload& payload() const noexcept { return payload_; }
  [[nodiscard]] constexpr bool is_spent() const noexcept { return spent_; }

 private:
  template <class... Gates>
  friend class gate_set;
  template <class Context, class Proposed>
  friend class dynamic_gate_set;
  template <class GateSet>
  friend class pipeline;

  constexpr permit(Payload&& payload, const detail::gate_set_id& issuer)
      : payload_(std::move(payload)), issuer_{issuer} {}

  /// Returns the payload and marks the permit as spent. Throws `errc::invalid_argument` if it is spent, or if another
  /// gate set issued it; in the latter case it stays valid.
  constexpr Payload spend(const detail::gate_set_id& issuer) {
    if (spent_) throw error{errc::invalid_argument, "a permit was spent twice, or moved from and then spent"};
    if (issuer_ != issuer)
      throw error{errc::invalid_argument,
                  "a permit was spent at a pipeline over other gates than those that issued it"};
    spent_ = true;
    return std::move(payload_);
  }

  Payload payload_;
  detail::gate_set_id issuer_;
  bool spent_{};
};

/// The result of a gate set: a permit, or the first denial. Move-only.
template <class Payload>
class [[nodiscard]] verdict {
 public:
  [[nodiscard]] constexpr bool allowed() const noexcept { return !denial_.has_value(); }
  constexpr explicit operator bool() const noexcept { return allowed(); }

  /// Returns the permit. Throws `errc::invalid_argument` with the denial as text if the proposal was denied.
  [[nodiscard]] constexpr quipu::permit<Payload> permit() && {
    if (!allowed()) throw error{errc::invalid_argument, "there is no permit: " + denial_->str()};
    return std::move(*permit_);
  }
  /// Returns the denial. Throws `errc::invalid_argument` if the proposal was allowed.
  [[nodiscard]] constexpr const denial& denied() const& {
    if (allowed()) throw error{errc::invalid_argument, "there is no denial: the proposal was allowed"};
    return *denial_;
  }
  [[nodiscard]] constexpr denial denied() && { return std::as_const(*this).denied(); }

  /// Returns the permit, or the denial as a `policy_rejection` error.
  [[nodiscard]] constexpr outcome<quipu::permit<Payload>> into_outcome() && {
    if (!allowed()) return denial_->to_outcome_error();
    return std::move(*permit_);
  }

 private:
  template <class... Gates>
  friend class gate_set;
  template <class Context, class Proposed>
  friend class dynamic_gate_set;

  constexpr explicit verdict(quipu::permit<Payload>&& permit) : permit_{std::move(permit)} {}
  constexpr explicit verdict(denial&& denied) : denial_{std::move(denied)} {}

  std::optional<quipu::permit<Payload>> permit_;
  std::optional<denial> denial_;
};

}  // namespace quipu
