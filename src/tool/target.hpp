// SPDX-License-Identifier: BSL-1.0
//
// target.hpp: where a command writes: files and directories that must not be those of a store.
#pragma once

#include "output.hpp"

#include <quipu.hpp>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace quipu::tool {

/// Throws `command_failure` if the target is, or lies in, the directory of a store, or if it is another name of a file
/// of `read_store`, which may be empty for none. Symbolic links are resolved. Opens and creates nothing.
void refuse_target_in_store(const std::string& target, const std::string& read_store);

/// The file that a command was given with `-o`. It has its new content when `finish` has returned; until then it stays
/// as it was. The content is written to a new temporary file beside it, which is removed if `finish` is not called. Its
/// name can't be guessed, and a link in its place is not followed. A device or a pipe is written directly, and `-` is
/// standard output. Not thread-safe.
class output_file {
 public:
  /// Refuses a target in a store as `refuse_target_in_store`. Throws `command_failure` if the file cannot be written.
  output_file(output& standard, const std::string& target, const std::string& read_store);
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;
  ~output_file();

  /// Whether the content goes to standard output, which then has nothing else.
  [[nodiscard]] bool is_standard_output() const noexcept { return is_standard_; }
  /// Throws `command_failure` if the content could not be written, as `finish`.
  void line(std::string_view text);
  /// Throws `command_failure` if the content could not be written.
  void finish();

 private:
  void open_temporary(const std::filesystem::file_status& replaced);
  void write_pending();
  void close() noexcept;
  [[noreturn]] void fail() const;

  output& standard_;
  std::string name_;  ///< as it was given, for messages
  bool is_standard_;
  std::filesystem::path target_;
  std::filesystem::path temporary_;  ///< empty where the target itself is written
  int file_{-1};
  std::string pending_;
};

/// A directory in which a store may be created. The destructor removes directories that were not there before, if
/// nothing is in them. Throws `command_failure` for a new directory in that of a store. Not thread-safe.
class new_store_directory {
 public:
  explicit new_store_directory(const std::string& path);
  new_store_directory(const new_store_directory&) = delete;
  new_store_directory& operator=(const new_store_directory&) = delete;
  ~new_store_directory();

  /// Removes the files of a store, if the directory had room for a new one. The caller has the store's lock, and has
  /// seen that the store has no events; another process may make its own as soon as the files are gone.
  void remove_store() noexcept;

 private:
  std::filesystem::path path_;
  bool is_new_;
  std::vector<std::filesystem::path> missing_;  ///< directories that were not there, the innermost first
};

/// The content of a regular file, and at most so many bytes of it. Throws as `open_to_read`, and for what is no regular
/// file: nothing is waited for.
[[nodiscard]] std::string read_small_file(const std::string& what, const std::string& path, std::size_t most_bytes);

/// Opens a file to read it. Throws `command_failure`, whose text begins with `what`, if it cannot be read or is a
/// directory.
[[nodiscard]] std::ifstream open_to_read(const std::string& what, const std::string& path);

}  // namespace quipu::tool
