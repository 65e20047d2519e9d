// SPDX-License-Identifier: BSL-1.0
//
// log_copy.ipp: see journal/maintain/log_copy.hpp.
#pragma once

#include "../../../environment/environment.hpp"
#include "../../../journal/format/layout.hpp"
#include "../../../journal/format/recorded_end.hpp"
#include "../../../journal/maintain/log_copy.hpp"
#include "../../../journal/read/log_snapshot.hpp"
#include "../../../journal/segment/end_file.hpp"
#include "../../../journal/segment/replica_file.hpp"
#include "../../../journal/segment/whole_file.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL bool link_segment(environment_directory& to, const environment_directory& from, const segment& of) {
  const std::string name = segment_name(of.first_sequence());
  if (!to.link_from(from, name)) return false;
  const auto linked = to.open_file(name, open_mode::read);
  std::array<std::byte, segment_head::size> head{};
  if (linked->size() == of.size() && linked->read_at(head.data(), head.size(), 0) == head.size() &&
      std::memcmp(head.data(), of.base(), head.size()) == 0) {
    static_cast<void>(to.link_from(from, index_name(of.first_sequence())));  // an index file is checked when it is used
    return true;
  }
  to.remove(name);
  return false;
}

QUIPU_DECL void require_outside(const std::filesystem::path& store, const std::filesystem::path& target) {
  // Without symbolic links, as far as the paths exist.
  const auto resolved = [](const std::filesystem::path& path) {
    std::error_code problem;
    const std::filesystem::path whole = std::filesystem::absolute(path, problem).lexically_normal();
    std::filesystem::path found = std::filesystem::weakly_canonical(whole, problem);
    return problem ? whole : found;
  };
  const std::filesystem::path own = resolved(store);
  for (std::filesystem::path each = resolved(target); each.has_relative_path(); each = each.parent_path())
    if (each == own)
      throw error{errc::invalid_argument,
                  "a snapshot needs a directory that doesn't lie in the store's own",
                  {.path = target.string()}};
}

QUIPU_DECL void copy_log(environment& world, const environment_directory& source, const log_snapshot& seen,
                         const store_head& head, const digest& head_there, const std::filesystem::path& target) {
  require_outside(source.path(), target);
  auto directory = world.open_directory(target, true);
  if (!directory->list().empty())
    throw error{errc::invalid_argument,
                "a snapshot needs a directory that is empty or isn't there yet",
                {.path = target.string()}};
  const auto write = [&](const std::string& name, bytes_view content) {
    const auto file = directory->open_file(name, open_mode::create);
    write_pieces(*file, content, 0);
    file->sync();
  };
  for (std::size_t position = 0; position < seen.segment_count(); ++position) {
    const auto& each = *seen.at(position);
    const bool is_last = position + 1 == seen.segment_count();
    each.require_whole();
    if (!is_last && link_segment(*directory, source, each)) continue;
    const std::size_t size =
        is_last ? std::size_t{seen.end_place} * frame_alignment : static_cast<std::size_t>(each.size());
    write(segment_name(each.first_sequence()), bytes_view{each.base(), size});
  }
  if (const auto state = read_replica_file(source, head.common.identity))
    write_replica_file(*directory, head.common, *state);
  write_end_file(*directory, {.common = head.common, .next_sequence = seen.end_sequence, .head = head_there});
  const auto raw = head.encode();
  write(std::string{store_file_name}, bytes_view{raw.data(), raw.size()});
  directory->sync();
}

}  // namespace quipu::detail::inline QUIPU_MODE
