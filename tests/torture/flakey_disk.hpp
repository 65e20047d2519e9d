// SPDX-License-Identifier: BSL-1.0
//
// flakey_disk.hpp: a file system on a block device that the device mapper can make lose or refuse writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace torture {

/// What becomes of writes to a device. Reads always succeed.
enum class writes_are : unsigned char {
  kept,
  dropped,  ///< they succeed, flushes too, and nothing reaches the device
  refused,  ///< they fail with EIO, flushes too
};

/// An ext4 on a device of the device mapper, over another block device, which it overwrites. Mounted while this lives.
/// Members throw `std::runtime_error` where a command or a call fails.
class flakey_disk {
 public:
  /// Needs root, the device mapper with its target flakey, and the tools dmsetup and mkfs.ext4.
  flakey_disk(std::string device, std::filesystem::path mounted_at);
  flakey_disk(const flakey_disk&) = delete;
  flakey_disk& operator=(const flakey_disk&) = delete;
  ~flakey_disk();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// Returns when all requests that the device had have ended. Those that come from now on wait for `resume`. The file
  /// system is not told, and flushes nothing.
  void suspend();
  /// Lets requests go on. What they wrote since `suspend`, and what comes after, is treated as `how` says.
  void resume(writes_are how);
  /// Unmounts the file system, lets the device keep writes again, and mounts the file system, which recovers it.
  void mount_again();
  /// Whether files can be made and flushed. After errors the file system may refuse writes until it is mounted again.
  [[nodiscard]] bool takes_files() const;
  /// Makes an empty file system on the device.
  void format();

 private:
  [[nodiscard]] std::string table(writes_are how) const;
  void mount();
  void unmount();

  std::string device_;
  std::filesystem::path path_;
  std::uint64_t sectors_;
};

}  // namespace torture
