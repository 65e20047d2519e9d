// SPDX-License-Identifier: BSL-1.0
//
// memory_environment.hpp: files in the memory of this process, for experiments and tests. A store on it runs the code
// that runs on a disk and answers as it does there, but for what only a disk has: permissions, symbolic links, power
// failures.
#pragma once

#include "../macros.hpp"
#include "environment.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace quipu::inline QUIPU_MODE {

/// Each instance is a world of its own, empty at first. Its directories, files and locks stay valid when the instance
/// is gone. Failures have the codes and error numbers of `posix_environment`; `errc::storage_full` means that the
/// system has no memory to reserve.
///
/// A path starts at the root of the world, with or without a leading slash. The clock and the entropy are the system's.
/// Nothing outlives the process, so `sync` does nothing. Mappings stay valid when the file is removed, replaced or has
/// grown; unlike on a disk, bytes behind the end of the file may be read, and are zero.
class memory_environment final : public environment {
 public:
  memory_environment();
  ~memory_environment() override;

  [[nodiscard]] std::unique_ptr<environment_directory> open_directory(const std::filesystem::path& where,
                                                                      bool create) override;
  [[nodiscard]] std::int64_t now_us() override;
  /// From getentropy. Throws `errc::io_failed` where the system has no entropy.
  void random(std::byte* to, std::size_t count) override;

  /// A new world with the directories and files that this one has at one moment and with none of its locks: what a disk
  /// would hold if the program ended now. Takes time and memory in proportion to what was written.
  [[nodiscard]] std::shared_ptr<memory_environment> copy() const;

 private:
  struct world;
  std::shared_ptr<world> world_;
};

}  // namespace quipu::inline QUIPU_MODE
