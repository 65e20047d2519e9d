// SPDX-License-Identifier: BSL-1.0
//
// flakey_disk.cpp: see flakey_disk.hpp.
#include "flakey_disk.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace torture {
namespace {

constexpr const char* mapped_device = "/dev/dm-0";
constexpr std::uint64_t sector_bytes = 512;

void require(bool succeeded, const std::string& what) {
  if (!succeeded) throw std::system_error{errno, std::generic_category(), what};
}

void run(const std::string& command) {
  const std::filesystem::path said = std::filesystem::temp_directory_path() / "said";
  if (std::system((command + " >" + said.string() + " 2>&1").c_str()) == 0) return;
  std::ifstream in{said};
  throw std::runtime_error{command + " fails: " + std::string{std::istreambuf_iterator<char>{in}, {}}};
}

/// dmsetup waits for udev and leaves names to it, unless told otherwise; there is none here.
void dmsetup(const std::string& command) { run("dmsetup --noudevsync --noudevrules " + command); }

std::uint64_t bytes_of_device(const std::string& device) {
  const int opened = ::open(device.c_str(), O_RDONLY | O_CLOEXEC);
  require(opened >= 0, "opening " + device);
  std::uint64_t bytes = 0;
  const bool is_known = ::ioctl(opened, BLKGETSIZE64, &bytes) == 0;
  ::close(opened);
  require(is_known, "the size of " + device);
  return bytes;
}

}  // namespace

flakey_disk::flakey_disk(std::string device, std::filesystem::path mounted_at)
    : device_{std::move(device)}, path_{std::move(mounted_at)}, sectors_{bytes_of_device(device_) / sector_bytes} {
  std::filesystem::create_directories(path_);
  dmsetup("create quipu --table '" + table(writes_are::kept) + "'");
  run(std::string{"mkfs.ext4 -q -F "} + mapped_device);
  mount();
}

flakey_disk::~flakey_disk() { ::umount2(path_.c_str(), MNT_DETACH); }

std::string flakey_disk::table(writes_are how) const {
  const std::string whole = "0 " + std::to_string(sectors_) + " ";
  if (how == writes_are::kept) return whole + "linear " + device_ + " 0";
  // Up for 0 seconds and down for an hour, over and over; with one feature.
  return whole + "flakey " + device_ + " 0 0 3600 1 " + (how == writes_are::dropped ? "drop_writes" : "error_writes");
}

void flakey_disk::suspend() { dmsetup("suspend --nolockfs --noflush quipu"); }

void flakey_disk::resume(writes_are how) {
  dmsetup("load quipu --table '" + table(how) + "'");
  dmsetup("resume quipu");
}

void flakey_disk::mount_again() {
  unmount();
  suspend();
  resume(writes_are::kept);
  mount();
}

bool flakey_disk::takes_files() const {
  const std::filesystem::path probe = path_ / "probe";
  const int opened = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (opened < 0) return false;
  const bool is_flushed = ::write(opened, "probe", 5) == 5 && ::fsync(opened) == 0;
  ::close(opened);
  return ::unlink(probe.c_str()) == 0 && is_flushed;
}

void flakey_disk::format() {
  unmount();
  run(std::string{"mkfs.ext4 -q -F "} + mapped_device);
  mount();
}

void flakey_disk::mount() { require(::mount(mapped_device, path_.c_str(), "ext4", 0, nullptr) == 0, "mounting"); }
void flakey_disk::unmount() { require(::umount(path_.c_str()) == 0, "unmounting"); }

}  // namespace torture
