// SPDX-License-Identifier: BSL-1.0
//
// memory_environment.hpp: files in the memory of the process, for experiments and tests. A store uses the same code as
// on a disk, and gets the same results, except for permissions, symbolic links and power failures.
#pragma once

#include "../macros.hpp"
#include "environment.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace quipu::inline QUIPU_MODE {

/// Each instance is a separate file system, initially empty. Its directories, files and locks stay valid after the
/// instance is destroyed. Errors have the codes and error numbers of `posix_environment`; `errc::storage_full` means
/// that the system has no memory left.
///
/// A path starts at the root, with or without a leading slash. The clock and the random bytes are the system's. `sync`
/// does nothing. A mapping stays valid when the file is removed, replaced or extended; unlike on a disk, bytes after
/// the end of the file may be read and are zero. All members are thread-safe. In a child
/// created by `fork`, they throw `errc::locked`: a thread of the parent may have held the lock of the files.
class memory_environment final : public environment {
 public:
  memory_environment();
  QUIPU_DECL ~memory_environment() override;

  [[nodiscard]] QUIPU_DECL std::unique_ptr<environment_directory> open_directory(const std::filesystem::path& where,
                                                                                 bool create) override;
  [[nodiscard]] QUIPU_DECL std::int64_t now_us() override;
  [[nodiscard]] QUIPU_DECL std::int64_t steady_us() override;
  /// Uses getentropy. Throws `errc::io_failed` if the system has no entropy.
  QUIPU_DECL void random(std::byte* to, std::size_t count) override;

  /// Returns a new file system with the current directories and files and without locks: the state that a disk would
  /// hold if the program ended now. Time and memory are proportional to the written bytes.
  [[nodiscard]] std::shared_ptr<memory_environment> copy() const;

 private:
  struct world;
  std::shared_ptr<world> world_;
};

}  // namespace quipu::inline QUIPU_MODE
