// SPDX-License-Identifier: BSL-1.0
//
// environment.hpp: what the journal asks of the world: files in one directory, a lock, a clock, random bytes. A concept, so that
// the store in memory and the simulator of crashes run the code that runs on a disk.
//
// Members that fail throw `quipu::error` with the path and the system's number: `errc::storage_full` where there is no room, else
// `errc::io_failed`, unless said otherwise. A failed `sync` is never repeated into a success.
#pragma once

#include "../core/bytes.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quipu {

/// How a file is opened by `directory.open_file`.
enum class open_mode : unsigned char {
  read,    ///< must exist; `errc::not_found` when it doesn't
  write,   ///< for reading and writing; must exist, as above
  create,  ///< for reading and writing; must not exist (`errc::io_failed`)
};

// The clauses have names, so that a compiler's note says which one a type lacks.

/// A read-only window onto a file's first bytes, at one address for its whole life. It may be longer than the file: bytes behind
/// the file's end mustn't be touched until the file has grown over them. What `write_at` wrote shows at once.
template <class Mapping>
concept file_mapping = std::movable<Mapping> && requires(const Mapping& mapping) {
  { mapping.data() } -> std::same_as<const std::byte*>;
  { mapping.size() } -> std::same_as<std::size_t>;
};

template <class File>
concept environment_file = std::movable<File> && requires(File& file, const File& constant, std::byte* to, std::size_t count,
                                                          std::uint64_t offset, bytes_view data) {
  // Bytes in the file now.
  { constant.size() } -> std::same_as<std::uint64_t>;
  // Reads up to `count` bytes; fewer only where the file ends.
  { constant.read_at(to, count, offset) } -> std::same_as<std::size_t>;
  // Writes all of `data`, growing the file where it must. When it fails, a part may have been written.
  file.write_at(data, offset);
  // Makes the file `size` bytes long at least, the new ones zero, with room on the device set aside for all of them.
  file.reserve(offset);
  // Cuts the file to `size` bytes, or grows it with zeros.
  file.truncate(offset);
  // Returns when what was written, and the size, are on stable storage.
  file.sync();
  // A window of `count` bytes from the file's start.
  { constant.map(count) } -> file_mapping;
  { constant.path() } -> std::convertible_to<std::string_view>;
};

/// A lock on a name in a directory, until it is destroyed or the process that took it ends.
template <class Lock>
concept environment_lock = std::movable<Lock> && requires(const Lock& lock) {
  // False in a forked child of the process that took it.
  { lock.held() } -> std::same_as<bool>;
};

/// One directory. Names are single components, or `errc::invalid_argument`; no symbolic link is followed.
template <class Directory>
concept environment_directory = std::movable<Directory> && requires(Directory& directory, const Directory& constant,
                                                                    const std::string& name) {
  { constant.open_file(name, open_mode::read) } -> environment_file;
  { constant.exists(name) } -> std::same_as<bool>;
  // Replaces what has the new name, atomically.
  directory.rename(name, name);
  // Removing what isn't there is no failure.
  directory.remove(name);
  // The names in the directory, sorted.
  { constant.list() } -> std::same_as<std::vector<std::string>>;
  // Returns when the names in the directory are on stable storage.
  directory.sync();
  // Creates the file where it is missing and locks it against other processes and against other locks in this one; throws
  // `errc::locked` where it is held already. The file stays, and mustn't be removed while it is locked.
  { directory.lock(name) } -> environment_lock;
  { constant.path() } -> std::convertible_to<std::string_view>;
};

/// The world. Copies are the same world.
template <class Environment>
concept environment = std::copyable<Environment> && requires(Environment& world, const std::filesystem::path& where, std::byte* to, std::size_t count) {
  // Opens a directory; creates it, its missing parents, and puts their names on stable storage where `create` says so.
  // `errc::not_found` where it is missing; `errc::io_failed` where it isn't a directory or is a symbolic link.
  { world.open_directory(where, true) } -> environment_directory;
  // Microseconds since the Unix epoch; may go back.
  { world.now_us() } -> std::same_as<std::int64_t>;
  // Fills with random bytes, for identities.
  world.random(to, count);
};

}  // namespace quipu
