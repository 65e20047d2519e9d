// SPDX-License-Identifier: BSL-1.0
//
// upcast.ipp: see event/upcast.hpp.
#pragma once

#include "../../codec/codec.hpp"
#include "../../core/error.hpp"
#include "../../event/detail/upcast_result.hpp"
#include "../../event/event_list.hpp"
#include "../../event/upcast.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu::detail {

QUIPU_DECL version_drift::version_drift(event_kind kind, std::uint16_t stored, std::uint16_t known, bool retired,
                                        std::string_view shape, std::string_view logged)
    : error{errc::schema_drift,
            describe(kind, stored, known, retired, shape, logged),
            {.expected = known, .actual = stored}},
      kind_{kind},
      stored_{stored},
      known_{known},
      retired_{retired},
      shape_{shape} {}

QUIPU_DECL void version_drift::throw_with_logged(std::string_view logged) const {
  throw version_drift{kind_, stored_, known_, retired_, shape_, logged};
}

QUIPU_DECL std::string version_drift::describe(event_kind kind, std::uint16_t stored, std::uint16_t known, bool retired,
                                               std::string_view shape, std::string_view logged) {
  std::string said = "an event of kind " + kind.str() + " was written as version " + std::to_string(stored);
  if (retired && stored <= known)
    said.append(", and the kind is retired with version ");
  else
    said.append(stored > known ? ", which is newer than this program's version "
                               : ", and there is no upcast from it to version ");
  said.append(std::to_string(known));
  if (!logged.empty()) said.append(": the log has ").append(logged).append(", this program has ").append(shape);
  return said;
}

QUIPU_DECL void throw_version_drift(event_kind kind, std::uint16_t stored, std::uint16_t known, bool retired,
                                    std::string_view shape, std::string_view logged) {
  throw version_drift{kind, stored, known, retired, shape, logged};
}

}  // namespace quipu::detail
