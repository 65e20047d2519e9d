// SPDX-License-Identifier: BSL-1.0
//
// denial.hpp: why a gate said no: which gate, in words, and for programs a code and named particulars.
#pragma once

#include "../outcome/outcome_error.hpp"
#include "../outcome/text.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu {

/// One gate's refusal. `denial{name, "over the limit"}.with_code("L1").with_context("wanted", 50)`
class denial {
 public:
  struct particular {
    text name{};
    text value{};
    friend constexpr bool operator==(const particular&, const particular&) = default;
  };

  constexpr denial(text gate, text message) : gate_{std::move(gate)}, message_{std::move(message)} {}

  /// The same with a code, for programs to tell refusals apart; a second code replaces the first.
  [[nodiscard]] constexpr denial with_code(text code) const& { return denial{*this}.with_code(std::move(code)); }
  [[nodiscard]] constexpr denial with_code(text code) && {
    code_ = std::move(code);
    return std::move(*this);
  }
  /// The same with one more particular; those of the same name are all kept, in order.
  [[nodiscard]] constexpr denial with_context(text name, text value) const& {
    return denial{*this}.with_context(std::move(name), std::move(value));
  }
  [[nodiscard]] constexpr denial with_context(text name, text value) && {
    context_.push_back({std::move(name), std::move(value)});
    return std::move(*this);
  }
  template <detail::decimal_integer Integer>
  [[nodiscard]] constexpr denial with_context(text name, Integer value) const& {
    return with_context(std::move(name), text::decimal(value));
  }
  template <detail::decimal_integer Integer>
  [[nodiscard]] constexpr denial with_context(text name, Integer value) && {
    return std::move(*this).with_context(std::move(name), text::decimal(value));
  }

  [[nodiscard]] constexpr std::string_view gate() const noexcept { return gate_; }
  [[nodiscard]] constexpr std::string_view message() const noexcept { return message_; }
  /// Empty when there is none.
  [[nodiscard]] constexpr std::string_view code() const noexcept { return code_; }
  [[nodiscard]] constexpr const std::vector<particular>& context() const noexcept { return context_; }
  /// The value of the first particular of a name; nothing when there is none.
  [[nodiscard]] constexpr std::optional<std::string_view> context(std::string_view name) const noexcept {
    for (const particular& each : context_)
      if (each.name == name) return each.value.view();
    return std::nullopt;
  }

  /// `gate: message (code) [name=value] ...`
  [[nodiscard]] std::string str() const;

  /// The refusal as an `error_kind::policy_rejection`, for code that speaks in outcomes.
  [[nodiscard]] outcome_error to_outcome_error() const { return {error_kind::policy_rejection, str()}; }

  friend constexpr bool operator==(const denial& left, const denial& right) {
    if (left.gate_ != right.gate_ || left.message_ != right.message_ || left.code_ != right.code_ ||
        left.context_.size() != right.context_.size())
      return false;
    for (std::size_t index = 0; index < left.context_.size(); ++index)
      if (!(left.context_[index] == right.context_[index])) return false;
    return true;
  }

 private:
  text gate_;
  text message_;
  text code_;
  std::vector<particular> context_;
};

}  // namespace quipu
