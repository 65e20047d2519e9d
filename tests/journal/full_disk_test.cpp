// SPDX-License-Identifier: BSL-1.0
//
// full_disk_test.cpp: room is set aside in steps, and a step that doesn't fit isn't the end: what an event needs is
// tried. So a store fills a device, or a file up to its limit, to the last event that fits.
#include "../store/store_fixture.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/forwarding.hpp>
#endif

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace store_tests;
using quipu::errc;

namespace {

constexpr std::uint64_t step = std::uint64_t{1} << 20;
constexpr std::size_t payload_bytes = 10'000;

/// A device on which no file can be larger than `room`. `allocates`: setting room aside needs it, not only writing.
class small_file final : public quipu::forwarding_file {
 public:
  small_file(std::unique_ptr<quipu::environment_file> target, std::uint64_t room, bool allocates)
      : quipu::forwarding_file{std::move(target)}, room_{room}, allocates_{allocates} {}
  void write_at(quipu::bytes_view data, std::uint64_t offset) override {
    require(offset + data.size());
    quipu::forwarding_file::write_at(data, offset);
  }
  void reserve(std::uint64_t size) override {
    if (allocates_) require(size);
    quipu::forwarding_file::reserve(size);
  }

 private:
  void require(std::uint64_t size) const {
    if (size > room_) throw quipu::error{errc::storage_full, "simulated", {.path = std::string{path()}}};
  }
  std::uint64_t room_;
  bool allocates_;
};

class small_directory final : public quipu::forwarding_directory {
 public:
  small_directory(std::unique_ptr<quipu::environment_directory> target, std::uint64_t room, bool allocates)
      : quipu::forwarding_directory{std::move(target)}, room_{room}, allocates_{allocates} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                                   quipu::open_mode mode) const override {
    return std::make_unique<small_file>(quipu::forwarding_directory::open_file(name, mode), room_, allocates_);
  }

 private:
  std::uint64_t room_;
  bool allocates_;
};

class small_world final : public quipu::forwarding_environment {
 public:
  small_world(std::uint64_t room, bool allocates)
      : quipu::forwarding_environment{std::make_shared<quipu::memory_environment>()},
        room_{room},
        allocates_{allocates} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                                             bool create) override {
    return std::make_unique<small_directory>(target().open_directory(where, create), room_, allocates_);
  }

 private:
  std::uint64_t room_;
  bool allocates_;
};

quipu::config settings_for(const std::filesystem::path& directory) {
  quipu::config settings{.directory = directory};
  settings.writer.preallocate_bytes = step;
  return settings;
}

/// All of the room but less than two events, and what the frames of the others take.
constexpr std::uint64_t least_taken(std::uint64_t room) { return room - room / 100 - 2 * payload_bytes; }

/// Appends until there is no room; returns how many bytes of payload were taken.
std::uint64_t fill(quipu::store& store) {
  for (std::uint64_t taken = 0;; taken += payload_bytes) {
    const auto given =
        store.try_append_raw({"a", "b"}, quipu::event_kind::custom(1, 1), std::string(payload_bytes, 'x'));
    if (given.is_ok()) continue;
    REQUIRE(given.error().origin);
    CHECK(given.error().origin->code == errc::storage_full);
    return taken;
  }
}

}  // namespace

TEST_CASE("a store takes events until what is left of the device is less than one", "[journal][storage]") {
  constexpr std::uint64_t room = 3 * step - 50'000;
  const auto world = std::make_shared<small_world>(room, true);
  quipu::config settings = settings_for("d");
  settings.environment = world;
  {
    quipu::store store{settings};
    CHECK(fill(store) > least_taken(room));
    store.verify();  // what was refused left no trace, and smaller events may still fit
    CHECK(store.try_append_raw({"a", "b"}, quipu::event_kind::custom(1, 1), "x").is_ok());
    store.close();
  }
  quipu::store{settings}.verify();
}

TEST_CASE("zeros that are written ahead of the log don't fail an append that fits", "[journal][storage]") {
  // Room that a file system doesn't allocate, and a limit less than 256 KiB behind an event.
  constexpr std::uint64_t room = step - 50'000;
  quipu::config settings = settings_for("d");
  settings.environment = std::make_shared<small_world>(room, false);
  quipu::store store{settings};
  for (int number = 0; number < 90; ++number)
    store.append_raw({"a", "b"}, quipu::event_kind::custom(1, 1), std::string(payload_bytes, 'x'));
  CHECK(store.stats().events == 90);
  store.verify();
}

TEST_CASE("a store under a limit for the size of files takes events up to the limit", "[journal][storage]") {
  const scratch_folder folder;
  constexpr std::uint64_t room = 3 * step - 50'000;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{room, room};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      quipu::store store{settings_for(folder / "data")};
      const bool full = fill(store) > least_taken(room);
      store.close();
      ::_exit(full ? 0 : 1);
    } catch (const std::exception&) {
      ::_exit(2);
    }
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  quipu::store{settings_for(folder / "data")}.verify();
}
