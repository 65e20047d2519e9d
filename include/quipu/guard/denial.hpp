// SPDX-License-Identifier: BSL-1.0
//
// denial.hpp: a gate's denial: the gate, a message, and for programs a code and named context values.
#pragma once

#include "../codec/codec.hpp"
#include "../core/event_kind.hpp"
#include "../outcome/outcome_error.hpp"
#include "../outcome/text.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {

/// A denial of one gate: `denial{name, "over the limit"}.with_code("L1").with_context("wanted", 50)`. A value.
class denial {
 public:
  /// A named context value.
  struct particular {
    text name{};
    text value{};
    friend constexpr bool operator==(const particular&, const particular&) = default;
  };

  /// An empty one, to be assigned to.
  constexpr denial() noexcept = default;
  constexpr denial(text gate, text message) : gate_{std::move(gate)}, message_{std::move(message)} {}

  /// Returns the denial with a code, by which programs distinguish denials; replaces an earlier code.
  [[nodiscard]] constexpr denial with_code(text code) const& { return denial{*this}.with_code(std::move(code)); }
  [[nodiscard]] constexpr denial with_code(text code) && {
    code_ = std::move(code);
    return std::move(*this);
  }
  /// Returns the denial with one more context value. Values of the same name are all kept, in order.
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
  /// Returns the code; empty if there is none.
  [[nodiscard]] constexpr std::string_view code() const noexcept { return code_; }
  [[nodiscard]] constexpr const std::vector<particular>& context() const noexcept { return context_; }
  /// Returns the first context value of a name; nothing if there is none.
  [[nodiscard]] constexpr std::optional<std::string_view> context(std::string_view name) const noexcept {
    for (const particular& each : context_)
      if (each.name == name) return each.value.view();
    return std::nullopt;
  }

  /// Returns `gate: message (code) [name=value] ...`.
  [[nodiscard]] std::string str() const;

  /// Converts the denial to an `error_kind::policy_rejection`.
  [[nodiscard]] outcome_error to_outcome_error() const { return {error_kind::policy_rejection, str()}; }

  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const denial& shown) {
    return out << shown.str();
  }

  friend constexpr bool operator==(const denial& left, const denial& right) {
    if (left.gate_ != right.gate_ || left.message_ != right.message_ || left.code_ != right.code_ ||
        left.context_.size() != right.context_.size())
      return false;
    for (std::size_t index = 0; index < left.context_.size(); ++index)
      if (!(left.context_[index] == right.context_[index])) return false;
    return true;
  }

 private:
  friend struct detail::external_codec<denial>;

  text gate_;
  text message_;
  text code_;
  std::vector<particular> context_;
};

namespace detail {

template <>
struct external_codec<denial> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "{gate:str,message:str,code:str,context:[{name:str,value:str}]}";
  static constexpr std::size_t min_size = 16;

  template <class Writer>
  static void encode(Writer& writer, const denial& value, unsigned depth) {
    for (const text* part : {&value.gate_, &value.message_, &value.code_}) encode_value(writer, *part, depth);
    encode_value(writer, value.context_, depth);
  }
  template <class Reader>
  static bool decode(Reader& reader, denial& value, unsigned depth) {
    for (text* part : {&value.gate_, &value.message_, &value.code_})
      if (!decode_value(reader, *part, depth)) return false;
    return decode_value(reader, value.context_, depth);
  }
};

}  // namespace detail

/// A denial as an event: it can be appended, folded, and read, as an event of the program. The only one of the library.
struct denied {
  static constexpr auto kind = event_kind::effect_denial;

  denial why{};
  std::optional<event_kind> proposed{};  ///< the kind of the event that was denied, if it is known
  friend constexpr bool operator==(const denied&, const denied&) = default;
};

namespace detail {

/// Whether a program may append events of a type's kind: any kind of its own, and the library's `denied`.
template <event_type Event>
inline constexpr bool may_append = !kind_of<Event>.is_reserved() || std::is_same_v<Event, denied>;

}  // namespace detail

}  // namespace quipu
