// SPDX-License-Identifier: BSL-1.0
//
// A flush that failed, and the append after it. An environment stands for the broken disk.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

bool disk_is_broken = false;

struct broken_file : quipu::forwarding_file {
  using forwarding_file::forwarding_file;
  void sync() override {
    if (disk_is_broken)
      throw quipu::error{
          quipu::errc::io_failed, "the disk is broken", {.path = std::string{path()}}};
    forwarding_file::sync();
  }
};
struct broken_directory : quipu::forwarding_directory {
  using forwarding_directory::forwarding_directory;
  std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                     quipu::open_mode mode) const override {
    return std::make_unique<broken_file>(forwarding_directory::open_file(name, mode));
  }
};
struct broken_disk : quipu::forwarding_environment {
  using forwarding_environment::forwarding_environment;
  std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                               bool create) override {
    return std::make_unique<broken_directory>(
        forwarding_environment::open_directory(where, create));
  }
};

int main() {
  const auto disk = std::make_shared<broken_disk>(std::make_shared<quipu::memory_environment>());
  quipu::store store{quipu::config{.directory = "bank", .environment = disk}};
  // [fails]
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  disk_is_broken = true;
  for (const std::int64_t cents : {500, 20}) {
    try {
      store.append(alice, deposited{cents});
    } catch (const quipu::error& failure) {
      std::cout << failure.what() << '\n';
    }
  }
  // [/fails]
}
