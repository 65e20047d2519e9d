// SPDX-License-Identifier: BSL-1.0
//
// scratch_folder.hpp: a folder for the files of a test.
#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace torture {

/// A new folder, in the system's folder for temporary files or in another one. The destructor removes it, unless it is
/// to be kept.
class scratch_folder {
 public:
  explicit scratch_folder(std::string_view part,
                          const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
    std::string name = parent / ("quipu-" + std::string{part} + "-XXXXXX");
    if (::mkdtemp(name.data()) == nullptr) throw std::system_error{errno, std::generic_category(), name};
    path_ = name;
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    if (std::error_code ignored; !is_kept_) std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  void keep() noexcept { is_kept_ = true; }

 private:
  std::filesystem::path path_;
  bool is_kept_{};
};

}  // namespace torture
