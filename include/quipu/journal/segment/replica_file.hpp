// SPDX-License-Identifier: BSL-1.0
//
// replica_file.hpp: the file that says whether a log is a replica's; see journal/format/replica_mark.hpp.
#pragma once

#include "../../environment/environment.hpp"
#include "../../macros.hpp"
#include "../format/layout.hpp"
#include "../format/replica_mark.hpp"

#include <optional>

namespace quipu::detail::inline QUIPU_MODE {

/// Creates or replaces the file; when this returns, it is on stable storage. Does nothing if it says so already.
/// `common` is the head of `quipu.store`. Throws as `read_replica_file`, and what writing throws.
void write_replica_file(environment_directory& directory, const file_head& common, replica_state state);

/// What the file says; nothing if there is none. Throws `errc::corrupt`, `errc::unsupported_format`.
[[nodiscard]] std::optional<replica_state> read_replica_file(const environment_directory& directory,
                                                             const store_identity& identity);

/// For a writer that is not a replica. Throws `errc::configuration` if the log is a replica's.
void require_no_replica(const environment_directory& directory, const store_identity& identity);

}  // namespace quipu::detail::inline QUIPU_MODE
