// SPDX-License-Identifier: BSL-1.0
//
// outcome_codec.hpp: how an outcome is encoded, as a member of an event or a state: a struct with the state and one
// member for each, of which the state's own is there. And how it is printed.
#pragma once

#include "../codec/codec.hpp"
#include "../codec/schema_text.hpp"
#include "outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {
namespace detail {

/// The shape of an encoded outcome. The name is for the items of a batch, which are outcomes.
template <class Value>
struct outcome_shape {
  static constexpr std::string_view schema_name = "quipu.outcome";
  static constexpr std::uint32_t schema_version = 1;

  outcome_state state{};
  std::optional<stored_value<Value>> value{};
  std::optional<outcome_error> error{};
  std::optional<retry_details> retry{};
  std::optional<pending_details> pending{};
  std::optional<cancelled_details> cancelled{};
  std::vector<outcome_shape> batch{};
};

/// A value that has an outcome in it would have that one's name in its shape.
template <class Value>
consteval bool is_outcome_encodable() {
  if constexpr (encodable<stored_value<Value>>)
    return schema_text<stored_value<Value>>().find("\"quipu.outcome@") == std::string_view::npos;
  else
    return false;
}

template <class Value>
requires(is_outcome_encodable<Value>()) struct external_codec<outcome<Value>> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = schema_text<outcome_shape<Value>>();
  static constexpr std::size_t min_size = min_encoded_size<outcome_shape<Value>>;

  static void encode(byte_writer& writer, const outcome<Value>& value, unsigned depth) {
    if (depth >= depth_limit) throw_encode_failed("a recursive value nested more than 64 deep");
    writer.put(static_cast<std::uint8_t>(value.state()));
    put(
        writer, value.is_ok(), depth, [&]() -> const auto& {
          if constexpr (std::is_void_v<Value>)
            return nothing;
          else
            return value.value();
        });
    put(
        writer, value.is_error(), depth, [&]() -> const auto& { return value.error(); });
    put(
        writer, value.is_retry(), depth, [&]() -> const auto& { return value.retry(); });
    put(
        writer, value.is_pending(), depth, [&]() -> const auto& { return value.pending(); });
    put(
        writer, value.is_cancelled(), depth, [&]() -> const auto& { return value.cancelled(); });
    put_count(writer, value.is_batch() ? value.batch().size() : 0);
    if (value.is_batch())
      for (const outcome<Value>& each : value.batch()) encode(writer, each, depth + 1);
  }

  static bool decode(byte_reader& reader, outcome<Value>& value, unsigned depth) {
    std::uint8_t state = 0;
    if (depth >= depth_limit || !reader.get(state) || state > static_cast<std::uint8_t>(outcome_state::batch))
      return false;
    const auto is = [state](outcome_state which) { return state == static_cast<std::uint8_t>(which); };
    return take<stored_value<Value>>(reader, value, depth, is(outcome_state::ok)) &&
           take<outcome_error>(reader, value, depth, is(outcome_state::error)) &&
           take<retry_details>(reader, value, depth, is(outcome_state::retry)) &&
           take<pending_details>(reader, value, depth, is(outcome_state::pending)) &&
           take<cancelled_details>(reader, value, depth, is(outcome_state::cancelled)) &&
           take_batch(reader, value, depth, is(outcome_state::batch));
  }

 private:
  static constexpr none nothing{};

  template <class Get>
  static void put(byte_writer& writer, bool is_there, unsigned depth, const Get& get) {
    writer.put(static_cast<std::uint8_t>(is_there));
    if (is_there) encode_value(writer, get(), depth + 1);
  }

  /// Reads one of the members: it must be there if the state is its own, and only then.
  template <class Part>
  static bool take(byte_reader& reader, outcome<Value>& value, unsigned depth, bool is_there) {
    std::uint8_t present = 0;
    if (!reader.get(present) || present != static_cast<std::uint8_t>(is_there)) return false;
    if (!is_there) return true;
    Part part{};
    if (!decode_value(reader, part, depth + 1)) return false;
    if constexpr (std::is_same_v<Part, outcome_error>)
      value = outcome<Value>::error(std::move(part));
    else if constexpr (std::is_same_v<Part, retry_details>)
      value = outcome<Value>::retry(std::move(part));
    else if constexpr (std::is_same_v<Part, pending_details>)
      value = outcome<Value>::pending(std::move(part));
    else if constexpr (std::is_same_v<Part, cancelled_details>)
      value = outcome<Value>::cancelled(std::move(part));
    else if constexpr (std::is_void_v<Value>)
      value = outcome<Value>::ok();
    else
      value = outcome<Value>::ok(std::move(part));
    return true;
  }

  static bool take_batch(byte_reader& reader, outcome<Value>& value, unsigned depth, bool is_there) {
    std::size_t count = 0;
    if (!get_count(reader, min_size, count)) return false;
    if (!is_there) return count == 0;
    std::vector<outcome<Value>> items;
    items.reserve(justified_capacity<outcome<Value>>(reader, count));
    for (; count != 0; --count)
      if (!decode(reader, items.emplace_back(), depth + 1)) return false;
    value = outcome<Value>::batch(std::move(items));
    return true;
  }
};

}  // namespace detail

/// As in `ok(5)`, `error(conflict: too late)`, `retry(in 5 ms, 1 of 3: busy)`, `batch(ok, cancelled())`. An error that
/// was thrown is named by its code, any other by its kind. A value that can't be printed is left out.
template <class Traits, class Value>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const outcome<Value>& shown) {
  out << name_of(shown.state());
  if (shown.is_ok()) {
    if constexpr (!std::is_void_v<Value>) {
      if constexpr (requires { out << shown.value(); }) out << '(' << shown.value() << ')';
    }
  } else if (shown.is_error()) {
    const outcome_error& failed = shown.error();
    out << '(';
    if (failed.origin)
      out << name_of(failed.origin->code);
    else
      out << failed.kind.str();
    out << ": " << failed.message << ')';
  } else if (shown.is_retry()) {
    const retry_details& again = shown.retry();
    out << "(in " << again.after_ms << " ms, " << again.attempt << " of " << again.max_attempts << ": " << again.reason
        << ')';
  } else if (shown.is_pending()) {
    out << "(token " << shown.pending().resume_token << ')';
  } else if (shown.is_cancelled()) {
    out << '(' << shown.cancelled().reason << ')';
  } else {
    const char* before = "(";
    for (const outcome<Value>& each : shown.batch()) {
      out << before << each;
      before = ", ";
    }
    out << (shown.batch().empty() ? "()" : ")");
  }
  return out;
}

}  // namespace quipu
