// SPDX-License-Identifier: BSL-1.0
//
// mount.hpp: a small file system of its own, which can be cut off from power, remounted and filled. Needs root.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace torture {

/// A file system of a type that mkfs knows, in a file of `folder`, or a tmpfs of a size; mounted while this lives.
class small_mount {
 public:
  /// Throws `std::runtime_error` where that isn't allowed or the tools are missing.
  small_mount(std::string type, const std::filesystem::path& folder, std::uint64_t tmpfs_bytes = 0);
  small_mount(const small_mount&) = delete;
  small_mount& operator=(const small_mount&) = delete;
  ~small_mount();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// Stops the file system as a power cut does: nothing more reaches the device, except its log if `with_log`. Then
  /// mounts it again, which recovers it. No file of it may be open.
  void cut_power(bool with_log);
  void remount(bool read_only);

 private:
  void mount();
  void unmount();

  std::string type_;
  std::filesystem::path image_;
  std::filesystem::path path_;
};

}  // namespace torture
