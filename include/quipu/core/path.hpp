// SPDX-License-Identifier: BSL-1.0
//
// path.hpp: a file name as callers have it, without the price of <filesystem> (0.4 s of every translation unit). It takes
// literals, std::string, std::string_view and std::filesystem::path, and hands the bytes to the operating system as they are.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu {

class path;

namespace detail {

template <class Source>
concept has_native_path = requires(const Source& source) {
  { source.native() } -> std::convertible_to<const std::string&>;
};

template <class Source>
concept path_source = !std::is_same_v<std::remove_cvref_t<Source>, path> && !std::is_null_pointer_v<Source> &&
                      (has_native_path<Source> || std::is_convertible_v<const Source&, std::string_view>);

}  // namespace detail

/// The name of a file or directory: the bytes the operating system is given, neither normalised nor checked. Empty by default.
class path {
 public:
  path() = default;

  /// From text, or from anything whose `native()` is a std::string (std::filesystem::path on POSIX).
  template <detail::path_source Source>
  path(const Source& source) {
    if constexpr (detail::has_native_path<Source>) {
      text_ = source.native();
    } else {
      text_ = std::string_view{source};
    }
  }
  path(std::string&& text) noexcept : text_{std::move(text)} {}

  [[nodiscard]] const std::string& str() const noexcept { return text_; }
  [[nodiscard]] const char* c_str() const noexcept { return text_.c_str(); }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

  /// `directory/name`; an empty directory, or one that ends in a slash, gets no further slash. `name` is taken as it is, also when
  /// it is absolute.
  [[nodiscard]] friend path operator/(path directory, std::string_view name) {
    if (!directory.text_.empty() && directory.text_.back() != '/') directory.text_ += '/';
    directory.text_ += name;
    return directory;
  }

  [[nodiscard]] friend bool operator==(const path& left, const path& right) noexcept { return left.text_ == right.text_; }

 private:
  std::string text_;
};

}  // namespace quipu
