// SPDX-License-Identifier: BSL-1.0
//
// entry_name.hpp: the path of a key's file below the root of the file cache: `<first two hex digits>/<hex of key>.bin`.
// A hex text longer than a file name may be is continued in nested folders of 250 digits each; only the last component
// ends in ".bin". The empty key has the folder "empty", which is not a hex text.
#pragma once

#include "../../core/bytes.hpp"
#include "../../core/error.hpp"
#include "../../macros.hpp"

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

/// Maximum size of a key: its path then fits into 4,096 bytes and each component into 255.
inline constexpr std::size_t entry_key_max_bytes = 1900;

/// Maximum number of hex digits in one path component; with ".bin" it has at most 254 characters.
inline constexpr std::size_t entry_part_digits = 250;

inline constexpr std::string_view entry_suffix = ".bin";
inline constexpr std::string_view empty_key_folder = "empty";

/// The path of a key's file, in a buffer without allocation.
class entry_name {
 public:
  /// Throws `errc::invalid_argument` for a key longer than `entry_key_max_bytes`.
  explicit entry_name(bytes_view key) {
    if (key.size() > entry_key_max_bytes) {
      error::details about;
      about.expected = entry_key_max_bytes;
      about.actual = key.size();
      throw error{errc::invalid_argument, "the key is too long for a file cache", about};
    }
    if (key.empty()) {
      add(empty_key_folder);
      add("/");
      leaf_ = size_;
      add(empty_key_folder);
    } else {
      add_hex(key[0]);
      add("/");
      leaf_ = size_;
      for (std::size_t index = 0; index < key.size(); ++index) {
        if (index != 0 && index % (entry_part_digits / 2) == 0) {
          add("/");
          leaf_ = size_;
        }
        add_hex(key[index]);
      }
    }
    add(entry_suffix);
    text_[size_] = '\0';
  }

  /// The whole path, NUL-terminated.
  [[nodiscard]] const char* path() const noexcept { return text_; }
  /// The last component, NUL-terminated.
  [[nodiscard]] const char* leaf() const noexcept { return text_ + leaf_; }
  /// All but the last component.
  [[nodiscard]] std::string folder() const { return std::string{text_, leaf_ - 1}; }

 private:
  void add(std::string_view text) noexcept {
    std::memcpy(text_ + size_, text.data(), text.size());
    size_ += text.size();
  }
  void add_hex(std::byte value) noexcept {
    text_[size_++] = hex_digits[std::to_integer<std::size_t>(value) >> 4];
    text_[size_++] = hex_digits[std::to_integer<std::size_t>(value) & 15];
  }

  static constexpr std::size_t capacity = 3 + 2 * entry_key_max_bytes + 2 * entry_key_max_bytes / entry_part_digits + 5;
  static_assert(capacity < 4096);

  char text_[capacity];
  std::size_t size_{};
  std::size_t leaf_{};
};

/// Returns true for a non-empty text of an even number of lower-case hex digits.
[[nodiscard]] inline bool is_hex_of_bytes(std::string_view digits) noexcept {
  return !digits.empty() && digits.size() % 2 == 0 && digits.find_first_not_of(hex_digits) == std::string_view::npos;
}

}  // namespace quipu::detail::inline QUIPU_MODE
