// SPDX-License-Identifier: BSL-1.0
//
// write_through.ipp: see store/detail/write_through.hpp.
#pragma once

#include "../../../coordinate/coordinate.hpp"
#include "../../../core/bytes.hpp"
#include "../../../journal/append_options.hpp"
#include "../../../journal/config.hpp"
#include "../../../journal/conflict_error.hpp"
#include "../../../journal/reports.hpp"
#include "../../../journal/write/append_entry.hpp"
#include "../../../store/detail/encoded_event.hpp"
#include "../../../store/detail/write_through.hpp"

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL append_entry entry_of(const coordinate& where, const encoded_event& event, bytes_view payload,
                                 const append_options& options) {
  return {.entity = where.entity(),
          .scope = where.scope(),
          .kind = event.kind,
          .version = event.version,
          .payload = payload,
          .schema = event.schema,
          .schema_hash = event.schema_hash,
          .options = &options};
}

}  // namespace quipu::detail::inline QUIPU_MODE
