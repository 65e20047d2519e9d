// SPDX-License-Identifier: BSL-1.0
//
// posix_environment.hpp: real files, the system's clock and the system's entropy, on Linux.
//
// A directory is held by its descriptor, and everything in it is opened relative to that descriptor: renaming or
// replacing the directory or a parent while it is in use leads nowhere else. Symbolic links are refused for the
// directory and for each file, and so is anything that is not a regular file. Files are created with mode 0644 and
// directories with 0777, less the umask.
//
// Under RLIMIT_FSIZE the system sends SIGXFSZ, which ends the program unless it is ignored; then the failure is
// `errc::storage_full`.
#pragma once

#include "../macros.hpp"
#include "environment.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace quipu::inline QUIPU_MODE {

/// The file system of this machine. Has no state: all instances are the same world.
///
/// A lock is freed by its destructor or by the death of the process that took it; a forked child neither frees nor
/// keeps it. `environment_file::reserve` also allocates holes; on file systems that cannot allocate, the file only
/// grows and a later write may find no room. `environment_file::sync` is fdatasync. A mapping that is touched behind
/// the end of its file is SIGBUS.
class posix_environment final : public environment {
 public:
  /// With `create`, also flushes the name of a directory that exists already. Missing directories are made from the top
  /// down; each name is flushed before the next directory is made.
  [[nodiscard]] std::unique_ptr<environment_directory> open_directory(const std::filesystem::path& where,
                                                                      bool create) override;
  /// The system's real-time clock.
  [[nodiscard]] std::int64_t now_us() override;
  /// From getentropy. Throws `errc::io_failed` where the system has no entropy.
  void random(std::byte* to, std::size_t count) override;

  /// The instance that a store uses when `config.environment` is empty. Never destroyed.
  [[nodiscard]] static const std::shared_ptr<environment>& shared();
};

}  // namespace quipu::inline QUIPU_MODE
