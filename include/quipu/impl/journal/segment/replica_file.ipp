// SPDX-License-Identifier: BSL-1.0
//
// replica_file.ipp: see journal/segment/replica_file.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../journal/format/replica_mark.hpp"
#include "../../../journal/segment/replica_file.hpp"
#include "../../../journal/segment/whole_file.hpp"

#include <optional>
#include <string>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL void write_replica_file(environment_directory& directory, const file_head& common, replica_state state) {
  if (read_replica_file(directory, common.identity) == state) return;
  const auto raw = replica_mark{common, state}.encode();
  replace_file(directory, std::string{replica_file_name}, bytes_view{raw.data(), raw.size()});
}

QUIPU_DECL std::optional<replica_state> read_replica_file(const environment_directory& directory,
                                                          const store_identity& identity) {
  const auto found = read_whole<replica_mark::size>(directory, std::string{replica_file_name});
  if (!found) return std::nullopt;
  return replica_mark::decode(found->content(), identity, found->path).state;
}

QUIPU_DECL void require_no_replica(const environment_directory& directory, const store_identity& identity) {
  if (read_replica_file(directory, identity) != replica_state::replica) return;
  throw error{errc::configuration,
              "the log is a replica's, and only a replicated_store writes to it; a read_only_store reads it. To go on "
              "with it as a store of its own, open it once with config.leave_replication",
              {.path = std::string{directory.path()}}};
}

}  // namespace quipu::detail::inline QUIPU_MODE
