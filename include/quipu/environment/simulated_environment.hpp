// SPDX-License-Identifier: BSL-1.0
//
// simulated_environment.hpp: files whose disk can fail, whose program can be stopped and whose power can be cut at any
// change, for tests of programs that keep a store. Files are in the memory of the process. Everything that happens is a
// function of the seed and of the calls that are made.
#pragma once

#include "../core/bytes.hpp"
#include "../core/error.hpp"
#include "../macros.hpp"
#include "environment.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace quipu {

/// Thrown by the change at which a simulated program stops, and by each change after it. Not a `quipu::error`, so that
/// no code takes it for a failure that it can handle. Code that catches everything may go on without making changes: a
/// store that met it throws `errc::writer_failed`, so a test asks `simulated_environment::is_stopped()`.
class simulated_stop : public std::runtime_error {
 public:
  simulated_stop() : std::runtime_error{"the simulated program has stopped"} {}
};

/// The calls that change files.
enum class simulated_change : unsigned char {
  create,  ///< of a file, by `open_file` or `lock`
  write,
  reserve,
  truncate,
  sync,  ///< of a file
  rename,
  remove,
  sync_directory,
};

/// What a planned fault does.
enum class simulated_effect : unsigned char {
  /// The change throws. A write may have written a part; a sync loses a part of what was not flushed for good.
  fail,
  /// The program stops: the change happens, a write perhaps in part, a sync not; it and all later ones throw
  /// `simulated_stop`.
  stop,
  /// The disk reports success and does nothing: a flush flushes nothing, a write shows its bytes until the next power
  /// cut. Other changes happen.
  lie,
  /// The disk puts the bytes of a write at another place of the file; that shows after the next power cut. Other
  /// changes happen.
  misdirect,
};

/// A fault that `simulated_environment::plan` prepares.
struct simulated_fault {
  std::uint64_t at{UINT64_MAX};        ///< the change, counted from 0 among those in `of` after `plan`
  std::vector<simulated_change> of{};  ///< the kinds that are counted and affected; empty: all
  simulated_effect effect{simulated_effect::fail};
  bool persists{};             ///< every later change of these kinds is affected too
  errc code{errc::io_failed};  ///< of the error that `fail` throws: `io_failed` (EIO) or `storage_full` (ENOSPC)
};

}  // namespace quipu

namespace quipu::inline QUIPU_MODE {

/// A file system on a disk of its own, initially empty. Beside what the running program sees, it keeps what stable
/// storage may have after a power cut:
///   - of a file, each 512-byte sector as it was at the last `sync`, or as any later write left it, each sector for
///     itself; and the size at the last `sync`, or any later one;
///   - of the names, those at the last `sync` of their directory, and any subset of the changes since.
///
/// A `sync` of a file that fails may lose what was not flushed, as on Linux: a later one does not bring it back. One of
/// a directory flushes all its names, whatever failed before.
///
/// Limits: opening a directory creates it durably and is not a change, and a directory cannot be
/// renamed. The mappings of a file show each write at once.
/// Reading never fails. Interrupted calls, short writes and exhausted descriptors are below this interface: only
/// `posix_environment` meets them. `file_cache` does not use an environment.
///
/// Errors: as `memory_environment`; what a planned fault throws is said at `simulated_effect`. All members are
/// thread-safe; the order of changes is repeatable only if the program's threads make it so. In a child created by
/// `fork`, they throw `errc::locked`.
class simulated_environment final : public environment {
 public:
  /// The seed decides what is left to chance: random bytes, which part of a write remains, where bytes go.
  explicit simulated_environment(std::uint64_t seed = 1);
  QUIPU_DECL ~simulated_environment() override;

  [[nodiscard]] QUIPU_DECL std::unique_ptr<environment_directory> open_directory(const std::filesystem::path& where,
                                                                                 bool create) override;
  /// Starts in November 2023; each call is 10 µs later.
  [[nodiscard]] QUIPU_DECL std::int64_t now_us() override;
  /// The time that `now_us` returned last.
  [[nodiscard]] QUIPU_DECL std::int64_t steady_us() override;
  QUIPU_DECL void random(std::byte* to, std::size_t count) override;

  /// Replaces the planned fault and starts its count at 0. A default-constructed fault never happens.
  void plan(simulated_fault fault);
  /// Returns the number of changes that were asked for so far, including those that failed.
  [[nodiscard]] std::uint64_t changes() const;
  /// Returns true after a fault with `simulated_effect::stop` has happened.
  [[nodiscard]] bool is_stopped() const;

  /// Returns what the next start of the program finds if only the program ended: all changes, flushed or not. What was
  /// not flushed is not flushed there, either, so a power cut may still lose it. Time and memory are proportional to
  /// the files, here and below. This environment is not affected.
  [[nodiscard]] std::shared_ptr<simulated_environment> after_kill() const;
  /// Returns how many states a power cut may leave now; `UINT64_MAX` if more than a number can hold. Some of them may
  /// be equal.
  [[nodiscard]] std::uint64_t power_cut_states() const;
  /// Returns what the next start finds after a power cut: the state with this number, from 0. State 0 is the one where
  /// nothing unflushed remains; with an honest disk the last is the one where all of it does. Throws
  /// `errc::invalid_argument` if there are not so many.
  [[nodiscard]] std::shared_ptr<simulated_environment> after_power_cut(std::uint64_t state) const;
  /// As above, with the state that a seed chooses. States in which all or nothing of a file remains are as likely as
  /// those in between.
  [[nodiscard]] std::shared_ptr<simulated_environment> after_power_cut_by_seed(std::uint64_t seed) const;

  /// Returns how this environment came to be, as calls: seed, planned faults, power cuts. A test that fails prints it.
  [[nodiscard]] std::string history() const;

  /// Returns the paths of all files, sorted.
  [[nodiscard]] std::vector<std::string> files() const;
  /// Returns the bytes of a file as the running program sees them. Throws `errc::not_found`.
  [[nodiscard]] bytes content(const std::string& path) const;
  /// Creates or replaces a file on stable storage, and its directory. Not a change: faults do not affect it. Open files
  /// and mappings keep the old bytes.
  void put(const std::string& path, bytes_view content);
  /// Removes a file from stable storage, as `put`. A missing file is not an error.
  void erase(const std::string& path);

 private:
  struct world;
  explicit simulated_environment(std::shared_ptr<world> found) noexcept;
  std::shared_ptr<world> world_;
};

}  // namespace quipu::inline QUIPU_MODE
