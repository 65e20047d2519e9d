// SPDX-License-Identifier: BSL-1.0
//
// reaction_key.ipp: see store/detail/reaction_key.hpp.
#pragma once

#include "../../../event/event_id.hpp"
#include "../../../store/detail/reaction_key.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL reactor_mark reactor_mark::of(std::string_view name) {
  reactor_mark made;
  made.name_ = event_id::from_name(bytes_view{name});
  return made;
}

QUIPU_DECL event_id reactor_mark::key(const event_id& cause, std::size_t index) const {
  std::string text;
  text.append(reinterpret_cast<const char*>(name_.raw().data()), 16);
  text.append(reinterpret_cast<const char*>(cause.raw().data()), 16);
  text.append(std::to_string(index));
  std::array<std::uint8_t, 16> raw = event_id::from_name(bytes_view{text}).raw();
  for (std::size_t at = 0; at < marked; ++at) raw[at] = name_.raw()[at];
  return event_id{raw};
}

QUIPU_DECL bool reactor_mark::is_of(const std::optional<event_id>& of) const noexcept {
  if (!of || of->version() != 8) return false;
  for (std::size_t at = 0; at < marked; ++at)
    if (of->raw()[at] != name_.raw()[at]) return false;
  return true;
}

}  // namespace quipu::detail::inline QUIPU_MODE
