// SPDX-License-Identifier: BSL-1.0
//
// environment.hpp: the interface between a store and the world outside: directories, files, locks, a clock and random
// bytes. The disk
// (`posix_environment`), the process's memory (`memory_environment`) and simulators of failures implement it, and the
// same store runs on each of them. Virtual calls happen once for each file operation, never for each event.
//
// Errors: every member that fails throws `quipu::error` with the path and the system's error number:
// `errc::storage_full` where there is no room, otherwise `errc::io_failed`, unless its comment says otherwise. Thread
// safety: all const and non-const members may be called from several threads at once; destruction may not.
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

/// A read-only window onto the first bytes of a file, at one address. It may be longer than the file: bytes behind the
/// end of the file must not be touched until the file has grown over them. What `write_at` writes is visible in it at
/// once. The pages stay valid while `storage` lives, also when the file is closed, renamed or removed.
struct file_mapping {
  const std::byte* data{};                ///< page-aligned; null where `size` is 0
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

  /// Size in bytes.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Reads up to `count` bytes at `offset` and returns how many; fewer only where the file ends.
  [[nodiscard]] virtual std::size_t read_at(std::byte* to, std::size_t count, std::uint64_t offset) const = 0;
  /// Writes all of `data` at `offset`; the file grows where it must. After a failure a part may have been written.
  virtual void write_at(bytes_view data, std::uint64_t offset) = 0;
  /// Makes the file at least `size` bytes long and allocates space on the device for all of them. New bytes are zero.
  virtual void reserve(std::uint64_t size) = 0;
  /// Cuts the file to `size` bytes, or extends it with zeros.
  virtual void truncate(std::uint64_t size) = 0;
  /// Returns when the written bytes and the size are on stable storage. A failed sync must never be repeated and taken
  /// for a success: the bytes it should have written may be lost.
  virtual void sync() = 0;
  /// Maps the first `count` bytes.
  [[nodiscard]] virtual file_mapping map(std::size_t count) const = 0;
  /// Path for messages.
  [[nodiscard]] virtual std::string_view path() const noexcept = 0;
};

/// A lock on a name in a directory. Its destructor or the death of the process releases it.
class environment_lock {
 public:
  environment_lock() = default;
  environment_lock(const environment_lock&) = delete;
  environment_lock& operator=(const environment_lock&) = delete;
  virtual ~environment_lock() = default;

  /// False in a forked child of the process that took the lock.
  [[nodiscard]] virtual bool held() const noexcept = 0;
};

/// An open directory. Names are single path components (otherwise `errc::invalid_argument`); symbolic links are not
/// followed.
class environment_directory {
 public:
  environment_directory() = default;
  environment_directory(const environment_directory&) = delete;
  environment_directory& operator=(const environment_directory&) = delete;
  virtual ~environment_directory() = default;

  [[nodiscard]] virtual std::unique_ptr<environment_file> open_file(const std::string& name, open_mode mode) const = 0;
  /// Whether the name is taken, by a file or anything else.
  [[nodiscard]] virtual bool exists(const std::string& name) const = 0;
  /// Renames a file atomically; a file that already has the new name is replaced.
  virtual void rename(const std::string& from, const std::string& to) = 0;
  /// Removes a file. Removing a missing file is not an error.
  virtual void remove(const std::string& name) = 0;
  /// Names in the directory, sorted bytewise.
  [[nodiscard]] virtual std::vector<std::string> list() const = 0;
  /// Returns when the names in the directory are on stable storage.
  virtual void sync() = 0;
  /// Creates the file where it is missing and locks it against other processes and other locks of this process. Throws
  /// `errc::locked` where it is locked already. The file stays; it must not be removed while it is locked.
  [[nodiscard]] virtual std::unique_ptr<environment_lock> lock(const std::string& name) = 0;
  /// Gives a file of another directory the same name in this one, as a hard link. Returns false where that is not
  /// possible.
  [[nodiscard]] virtual bool link_from(const environment_directory& source, const std::string& name) = 0;
  /// Path for messages.
  [[nodiscard]] virtual std::string_view path() const noexcept = 0;
};

/// The world. A store shares ownership of its environment; directories and files stay valid after the environment is
/// gone.
class environment {
 public:
  environment() = default;
  environment(const environment&) = delete;
  environment& operator=(const environment&) = delete;
  virtual ~environment() = default;

  /// Opens a directory. With `create`, makes the directory and its missing parents and puts their names on stable
  /// storage. Throws `errc::not_found` where it is missing, `errc::io_failed` where it is not a directory or is a
  /// symbolic link, `errc::invalid_argument` for an empty path or one that contains a NUL.
  [[nodiscard]] virtual std::unique_ptr<environment_directory> open_directory(const std::filesystem::path& where,
                                                                              bool create) = 0;
  /// Wall clock, microseconds since the Unix epoch; may go back.
  [[nodiscard]] virtual std::int64_t now_us() = 0;
  /// Fills `count` bytes with random bytes from a source fit for identities.
  virtual void random(std::byte* to, std::size_t count) = 0;
};

}  // namespace quipu::inline QUIPU_MODE
