// SPDX-License-Identifier: BSL-1.0
//
// posix_environment.hpp: the files, clock and random bytes of the operating system (Linux).
//
// A directory is held by its descriptor, and its files are opened relative to that descriptor; renaming or replacing
// the directory or a parent does not redirect them. Symbolic links and files that are not regular are refused. Files
// are created with mode 0644 and directories with mode 0777, less the umask.
//
// Where the program runs under a limit for the size of files (RLIMIT_FSIZE, `ulimit -f`), the system sends SIGXFSZ at
// the limit, which ends the program. Ignore the signal (`std::signal(SIGXFSZ, SIG_IGN)`); then the error is
// `errc::storage_full`.
#pragma once

#include "../macros.hpp"
#include "environment.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace quipu::inline QUIPU_MODE {

/// The file system of the machine. Stateless: all instances are equivalent. All members are thread-safe.
///
/// A lock is released by its destructor or by the end of the process that took it; a forked child neither releases nor
/// extends it. `environment_file::reserve` also allocates holes; on file systems that cannot allocate, it only extends
/// the file, and a later write may fail. `environment_file::sync` is fdatasync. An access to a mapping after the end of
/// the file raises SIGBUS. The system maps only so many files in one process (vm.max_map_count): beyond three quarters
/// of these, `environment_file::map_complete` copies the bytes into memory.
class posix_environment final : public environment {
 public:
  /// With `create`, also flushes the name of an existing directory. Missing directories are created from the top down;
  /// each name is flushed before the next directory is created.
  [[nodiscard]] QUIPU_DECL std::unique_ptr<environment_directory> open_directory(const std::filesystem::path& where,
                                                                                 bool create) override;
  /// Returns the time of the system's real-time clock.
  [[nodiscard]] QUIPU_DECL std::int64_t now_us() override;
  [[nodiscard]] QUIPU_DECL std::int64_t steady_us() override;
  /// Uses getentropy. Throws `errc::io_failed` if the system has no entropy.
  QUIPU_DECL void random(std::byte* to, std::size_t count) override;

  /// Returns the instance that a store uses if `config.environment` is empty. It is never destroyed.
  [[nodiscard]] static const std::shared_ptr<environment>& shared();
};

}  // namespace quipu::inline QUIPU_MODE
