// SPDX-License-Identifier: BSL-1.0
//
// entry_removal.hpp: deletion by prefix. A file's name is the hex of its key, so a prefix of the key is a prefix of the
// name, and only the folders on its path are listed. Files that are not named like entries remain. No file is opened
// and no symbolic link is followed.
#pragma once

#include "../../core/bytes.hpp"
#include "../../environment/detail/posix_file.hpp"
#include "../../macros.hpp"
#include "entry_name.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

/// Removes the entries below `root` whose key starts with `prefix`, and the folders that are then empty. After a
/// failure, some entries may have been removed; `failed_at` returns the shard of the failure.
class entry_removal {
 public:
  entry_removal(int root, bytes_view prefix) : root_{root}, prefix_{to_hex(prefix)} {}

  [[nodiscard]] bool run() {
    if (!prefix_.empty()) return remove_in_shard(prefix_.substr(0, 2));
    std::vector<std::string> shards;
    const bool listed = list_directory(root_, [&](std::string_view name, unsigned char) {
      if (name == empty_key_folder || (name.size() == 2 && is_hex_of_bytes(name))) shards.emplace_back(name);
      return true;
    });
    if (!listed) return false;
    for (const std::string& shard : shards) {
      if (!remove_in_shard(shard)) return false;
    }
    return true;
  }

  [[nodiscard]] std::uint64_t removed() const noexcept { return removed_; }
  [[nodiscard]] const std::string& failed_at() const noexcept { return failed_at_; }

 private:
  [[nodiscard]] bool remove_in_shard(const std::string& shard) {
    failed_at_ = shard;
    // The name of a shard repeats the first digits of its entries' names; a file that does not start with them is not
    // an entry.
    const bool of_empty_key = shard == empty_key_folder;
    wanted_ = prefix_.empty() && !of_empty_key ? shard : prefix_;
    return remove_in_folder(root_, shard, std::string{}, of_empty_key);
  }

  /// `digits` are the parts of the key in the names of the parent folders.
  [[nodiscard]] bool remove_in_folder(int parent, const std::string& name, const std::string& digits,
                                      bool of_empty_key) {
    const unique_fd folder = open_beneath(parent, name.c_str(), O_RDONLY | O_DIRECTORY);
    if (!folder) return errno == ENOENT;
    std::vector<std::string> entries;
    std::vector<std::string> deeper;
    const bool listed = list_directory(folder.get(), [&](std::string_view found, unsigned char) {
      if (found.ends_with(entry_suffix)) {
        const std::string_view stem = found.substr(0, found.size() - entry_suffix.size());
        const bool named =
            of_empty_key ? stem == empty_key_folder : is_hex_of_bytes(stem) && stem.size() <= entry_part_digits;
        if (named && (digits + std::string{stem}).starts_with(wanted_)) entries.emplace_back(found);
      } else if (!of_empty_key && found.size() == entry_part_digits && is_hex_of_bytes(found) &&
                 digits.size() + found.size() < 2 * entry_key_max_bytes) {
        const std::string whole = digits + std::string{found};
        if (whole.starts_with(wanted_) || wanted_.starts_with(whole)) deeper.emplace_back(found);
      }
      return true;
    });
    if (!listed) return false;
    for (const std::string& entry : entries) {
      struct stat about;
      if (::fstatat(folder.get(), entry.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) continue;
        return false;
      }
      if (S_ISDIR(about.st_mode)) continue;
      if (unlink_at(folder.get(), entry.c_str())) {
        if (S_ISREG(about.st_mode)) ++removed_;
      } else if (errno != ENOENT) {
        return false;
      }
    }
    for (const std::string& below : deeper) {
      if (!remove_in_folder(folder.get(), below, digits + below, false)) return false;
    }
    // Fails if the folder is not empty; the folder then stays.
    if (!entries.empty() || !deeper.empty()) static_cast<void>(remove_directory_at(parent, name.c_str()));
    return true;
  }

  int root_;
  std::string prefix_;
  std::string wanted_;
  std::string failed_at_;
  std::uint64_t removed_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
