// SPDX-License-Identifier: BSL-1.0
//
// mount.cpp: see mount.hpp.
#include "mount.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace torture {
namespace {

// FS_IOC_SHUTDOWN and its flags; linux/fs.h has them from Linux 6.10 on only.
constexpr unsigned long shutdown_request = _IOR('X', 125, std::uint32_t);
constexpr std::uint32_t flush_the_log = 1;
constexpr std::uint32_t flush_nothing = 2;

// xfs wants 300 MiB.
constexpr std::uintmax_t image_size(const std::string& type) {
  return (type == "xfs" ? std::uintmax_t{320} : std::uintmax_t{16}) << 20;
}

void run(const std::string& command) {
  if (std::system((command + " >/dev/null 2>&1").c_str()) != 0) throw std::runtime_error{command + " fails"};
}
void require(bool succeeded, const std::string& what) {
  if (!succeeded) throw std::system_error{errno, std::generic_category(), what};
}

}  // namespace

small_mount::small_mount(std::string type, const std::filesystem::path& folder, std::uint64_t tmpfs_bytes)
    : type_{std::move(type)}, image_{folder / (type_ + ".image")}, path_{folder / type_} {
  std::filesystem::create_directories(path_);
  if (type_ == "tmpfs") {
    const std::string size = "size=" + std::to_string(tmpfs_bytes);
    require(::mount("tmpfs", path_.c_str(), "tmpfs", 0, size.c_str()) == 0, "mounting a tmpfs");
    return;
  }
  std::ofstream{image_};
  std::filesystem::resize_file(image_, image_size(type_));
  run("mkfs." + type_ + " -q " + image_.string());
  mount();
}

small_mount::~small_mount() { ::umount2(path_.c_str(), MNT_DETACH); }

void small_mount::mount() { run("mount -t " + type_ + " -o loop " + image_.string() + " " + path_.string()); }
void small_mount::unmount() { require(::umount(path_.c_str()) == 0, "unmounting"); }

void small_mount::cut_power(bool with_log) {
  const int opened = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  require(opened >= 0, "opening the file system");
  std::uint32_t how = with_log ? flush_the_log : flush_nothing;
  const bool is_down = ::ioctl(opened, shutdown_request, &how) == 0;
  ::close(opened);
  require(is_down, "FS_IOC_SHUTDOWN");
  unmount();
  mount();
}

void small_mount::remount(bool read_only) {
  require(::mount(nullptr, path_.c_str(), nullptr, MS_REMOUNT | (read_only ? MS_RDONLY : 0), nullptr) == 0,
          "remounting");
}

}  // namespace torture
