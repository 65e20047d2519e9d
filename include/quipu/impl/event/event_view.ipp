// SPDX-License-Identifier: BSL-1.0
//
// event_view.ipp: see event/event_view.hpp.
#pragma once

#include "../../codec/codec.hpp"
#include "../../codec/schema_json.hpp"
#include "../../coordinate/region.hpp"
#include "../../event/detail/listed.hpp"
#include "../../event/erased_event.hpp"
#include "../../event/event_list.hpp"
#include "../../event/event_tags.hpp"
#include "../../event/event_view.hpp"
#include "../../event/frame.hpp"
#include "../../event/upcast.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quipu::detail {

QUIPU_DECL void throw_schema_drift(event_kind kind, std::uint16_t version, std::string_view logged,
                                   std::string_view known) {
  std::string message = "the shape of kind " + kind.str() + ", version " + std::to_string(version) +
                        ", changed without a new version: the log has ";
  message.append(logged).append(", this program has ").append(known);
  throw error{errc::schema_drift, message};
}

QUIPU_DECL void throw_kind_mismatch(event_kind wanted, event_kind found) {
  throw error{errc::kind_mismatch,
              "the event has kind " + found.str() + ", the type asked for has " + wanted.str(),
              {.expected = wanted.raw(), .actual = found.raw()}};
}

QUIPU_DECL void throw_not_one_event(event_kind kind, std::uint16_t version, std::size_t count) {
  throw error{errc::kind_mismatch,
              "an event of kind " + kind.str() + ", version " + std::to_string(version) + ", is led up to " +
                  std::to_string(count) + " events of the type asked for, not to one: visit it",
              {.expected = 1, .actual = count}};
}

}  // namespace quipu::detail

namespace quipu {

QUIPU_DECL std::optional<event_id> event_view::idempotency_key() const noexcept {
  return frame_.id_extension(detail::extension_type::idempotency_key);
}

QUIPU_DECL std::string_view event_view::bypass_reason() const noexcept {
  const auto reason = frame_.extension(detail::extension_type::bypass_reason);
  return reason ? reason->text() : std::string_view{};
}

QUIPU_DECL metadata_view event_view::metadata() const noexcept {
  const auto content = frame_.extension(detail::extension_type::metadata);
  return content ? metadata_view{*content} : metadata_view{};
}

QUIPU_DECL bool event_view::is_in(const region& wanted) const noexcept {
  return wanted.matches(entity(), scope(), kind(), entity_sequence(), sequence(), tags());
}

QUIPU_DECL std::optional<erased_event> event_view::erased() const noexcept {
  const auto found = detail::erased_content::of(frame_);
  return found ? std::optional{found->was} : std::nullopt;
}

}  // namespace quipu
