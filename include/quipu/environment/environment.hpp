// SPDX-License-Identifier: BSL-1.0
//
// environment.hpp: the interface between a store and the operating system: directories, files, locks, a clock and
// random bytes. Implemented by `posix_environment` (the disk), `memory_environment` (the process's memory) and
// simulators of failures. A virtual call is made once per file operation, not once per event.
//
// Errors: a member that fails throws `quipu::error` with the path and the system's error number. The code is
// `errc::storage_full` if there is no space and `errc::io_failed` otherwise, unless the member's comment names another.
//
// Threading: all members are thread-safe, except for destruction.
#pragma once

#include "../core/bytes.hpp"
#include "../core/error.hpp"
#include "../macros.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// How `environment_directory::open_file` opens a file.
enum class open_mode : unsigned char {
  read,    ///< for reading; the file must exist (`errc::not_found`)
  write,   ///< for reading and writing; the file must exist (`errc::not_found`)
  create,  ///< for reading and writing; the file must not exist (`errc::io_failed`)
};

/// A read-only mapping of the first bytes of a file at a fixed address. It may be longer than the file: bytes after the
/// end of the file must not be accessed until the file has grown over them. Bytes written by `write_at` are visible at
/// once. The pages stay valid while `storage` lives, even if the file is closed, renamed or removed.
struct file_mapping {
  const std::byte* data{};                ///< aligned to 16 bytes at least; null if `size` is 0
  std::size_t size{};                     ///< bytes
  std::shared_ptr<const void> storage{};  ///< owns the pages
};

/// An open file.
class environment_file {
 public:
  environment_file() = default;
  environment_file(const environment_file&) = delete;
  environment_file& operator=(const environment_file&) = delete;
  virtual ~environment_file() = default;

  /// Returns the size in bytes.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Reads up to `count` bytes at `offset`. Returns the number of bytes read; it is less than `count` only at the end
  /// of the file.
  [[nodiscard]] virtual std::size_t read_at(std::byte* to, std::size_t count, std::uint64_t offset) const = 0;
  /// Writes all of `data` at `offset`; extends the file if necessary. After a failure, part of the data may have been
  /// written.
  virtual void write_at(bytes_view data, std::uint64_t offset) = 0;
  /// Extends the file to at least `size` bytes and allocates space on the device for all of them. New bytes are zero.
  virtual void reserve(std::uint64_t size) = 0;
  /// Truncates the file to `size` bytes, or extends it with zeros.
  virtual void truncate(std::uint64_t size) = 0;
  /// Throws `errc::io_failed` if somebody else has removed the file, or cut it to less than `size` bytes. An
  /// environment where nobody can do that checks nothing.
  virtual void require_whole([[maybe_unused]] std::uint64_t size) const {}
  /// Lets the device begin to write `count` bytes at `offset` and does not wait for it, so that a later `sync` has less
  /// to do. Promises nothing; the default does nothing.
  virtual void start_write_back(std::uint64_t offset, std::uint64_t count) noexcept {
    static_cast<void>(offset);
    static_cast<void>(count);
  }
  /// Returns when the written bytes and the size are on stable storage. A failure is final: the unwritten bytes may be
  /// lost, so a later successful sync does not cover them.
  virtual void sync() = 0;
  /// Maps the first `count` bytes.
  [[nodiscard]] virtual file_mapping map(std::size_t count) const = 0;
  /// As `map`, for a file that has `count` bytes and does not change any more. An environment that can't hold more
  /// mappings returns a copy of the bytes.
  [[nodiscard]] virtual file_mapping map_complete(std::size_t count) const { return map(count); }
  /// Returns the path, for messages.
  [[nodiscard]] virtual std::string_view path() const noexcept = 0;
};

/// A lock on a name in a directory. The destructor or the end of the process releases it.
class environment_lock {
 public:
  environment_lock() = default;
  environment_lock(const environment_lock&) = delete;
  environment_lock& operator=(const environment_lock&) = delete;
  virtual ~environment_lock() = default;

  /// Returns false in a forked child of the process that took the lock.
  [[nodiscard]] virtual bool held() const noexcept = 0;
};

/// An open directory. Names are single path components; other names are `errc::invalid_argument`. Symbolic links are
/// not followed: opening or locking one, or anything else that is not a file, is `errc::corrupt`.
class environment_directory {
 public:
  environment_directory() = default;
  environment_directory(const environment_directory&) = delete;
  environment_directory& operator=(const environment_directory&) = delete;
  virtual ~environment_directory() = default;

  [[nodiscard]] virtual std::unique_ptr<environment_file> open_file(const std::string& name, open_mode mode) const = 0;
  /// Returns true if the name exists, as a file or anything else.
  [[nodiscard]] virtual bool exists(const std::string& name) const = 0;
  /// Renames a file atomically; replaces an existing file with the new name.
  virtual void rename(const std::string& from, const std::string& to) = 0;
  /// Removes a file. Removing a missing file is not an error.
  virtual void remove(const std::string& name) = 0;
  /// Returns the names in the directory, sorted bytewise.
  [[nodiscard]] virtual std::vector<std::string> list() const = 0;
  /// Returns when the names in the directory are on stable storage.
  virtual void sync() = 0;
  /// Creates the file if it is missing, and locks it against other processes and other locks of this process. Throws
  /// `errc::locked` if it is locked already. The file remains after the lock is released; it must not be removed while
  /// it is locked.
  [[nodiscard]] virtual std::unique_ptr<environment_lock> lock(const std::string& name) = 0;
  /// Creates a hard link to a file of another directory under the same name. Returns false if that is not possible.
  [[nodiscard]] virtual bool link_from(const environment_directory& source, const std::string& name) = 0;
  /// Returns the path, for messages.
  [[nodiscard]] virtual std::string_view path() const noexcept = 0;
};

/// The operating system as a store sees it. A store shares ownership of its environment. Directories and files stay
/// valid after the environment is destroyed.
class environment {
 public:
  environment() = default;
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;
  virtual ~environment() = default;

  /// Opens a directory. With `create`, creates the directory and its missing parents, and flushes their names. Throws
  /// `errc::not_found` if the directory is missing, `errc::io_failed` if it is not a directory or is a symbolic link,
  /// and `errc::invalid_argument` for an empty path or one that contains a NUL.
  [[nodiscard]] virtual std::unique_ptr<environment_directory> open_directory(const std::filesystem::path& where,
                                                                              bool create) = 0;
  /// Returns the wall clock time in microseconds since the Unix epoch; it may go back.
  [[nodiscard]] virtual std::int64_t now_us() = 0;
  /// Returns the microseconds of a clock that nobody sets, from any beginning, with the time that the system slept if
  /// it can: `config.max_clock_advance` compares `now_us()` with it. The default is `now_us()`, which is then never
  /// doubted.
  [[nodiscard]] virtual std::int64_t steady_us() { return now_us(); }
  /// Fills `count` bytes with random bytes that are suitable for identities.
  virtual void random(std::byte* to, std::size_t count) = 0;
};

}  // namespace quipu::inline QUIPU_MODE
