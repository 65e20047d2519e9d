// SPDX-License-Identifier: BSL-1.0
//
// store_fixture.hpp: what the tests of the store share: events and states, folders that go away with the test,
// processes to do what mustn't be done to the test itself.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/cache/file_cache.hpp>
#include <quipu/cache/memory_cache.hpp>
#include <quipu/cache/tiered_cache.hpp>
#include <quipu/environment/memory_environment.hpp>
#include <quipu/store/in_memory_store.hpp>
#include <quipu/store/store.hpp>
#endif

#include "../settings_in.hpp"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace store_tests {

namespace fs = std::filesystem;

/// How long a test waits for what comes at once where nothing is broken.
inline constexpr std::chrono::seconds patience{30};

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 2);
  std::int64_t cents{};
  std::string memo{};
};
struct renamed {
  static constexpr auto kind = quipu::event_kind::custom(0x2, 7);
  std::string name{};
};

/// Order matters in it, and each event shows: a wrong fold isn't right by accident.
struct account {
  using events = quipu::event_list<deposited, withdrawn>;
  std::int64_t cents{};
  std::uint64_t order{};
  constexpr void apply(const deposited& event) {
    cents += event.cents;
    order = order * 31 + static_cast<std::uint64_t>(event.cents);
  }
  constexpr void apply(const withdrawn& event) {
    cents -= event.cents;
    order = order * 37 + static_cast<std::uint64_t>(event.cents) + event.memo.size();
  }
  friend bool operator==(const account&, const account&) = default;
};

/// Another logic on the same events.
struct deposit_count {
  using events = quipu::event_list<deposited>;
  std::uint64_t count{};
  constexpr void apply(const deposited&) { ++count; }
  friend bool operator==(const deposit_count&, const deposit_count&) = default;
};

/// A new folder under the system's temporary one; removed with all that is in it.
class scratch_folder {
 public:
  scratch_folder() {
    std::string name = (fs::temp_directory_path() / "quipu-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
    path_ = name;
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    fs::permissions(path_, fs::perms::owner_all, ignored);
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

 private:
  fs::path path_;
};

/// Runs something and returns the error it must throw; errc::timeout, which no store throws, when it doesn't.
template <class Operation>
quipu::error error_of(Operation operation) {
  try {
    operation();
  } catch (const quipu::error& thrown) {
    return thrown;
  }
  return quipu::error{quipu::errc::timeout, "nothing was thrown"};
}
template <class Operation>
quipu::errc code_of(Operation operation) {
  return error_of(operation).code();
}

/// A world in memory. Copies of the handle share it.
class memory_world {
 public:
  memory_world() : world_{std::make_shared<quipu::memory_environment>()} {}
  operator std::shared_ptr<quipu::environment>() const { return world_; }
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::string& path,
                                                                             bool create) const {
    return world_->open_directory(path, create);
  }
  /// What a disk would hold if the program ended now.
  [[nodiscard]] memory_world copy() const {
    memory_world copied;
    copied.world_ = world_->copy();
    return copied;
  }

 private:
  std::shared_ptr<quipu::memory_environment> world_;
};

using test_settings::settings_in;

/// Small segments, so that little work crosses many of them; no timer.
inline quipu::config small_segments(const std::filesystem::path& directory = "memory") {
  quipu::config settings{.directory = directory};
  settings.segment_max_bytes = 4096;
  settings.sync.interval_ms = 0;
  settings.writer.preallocate_bytes = 0;
  settings.payload_max_bytes = 64 << 10;
  settings.batch.max_size = 100;
  settings.batch.max_bytes = 64 << 10;
  return settings;
}

/// Runs `body` in a forked child: its exit code is what that returns, 99 when it throws, minus the signal when one
/// ended it.
template <class Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error{"fork"};
  if (child == 0) {
    int code = 99;
    try {
      code = body();
    } catch (...) {
      code = 99;
    }
    ::_exit(code);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error{"waitpid"};
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// SplitMix64 (Steele, Lea, Flood, 2014): the same numbers everywhere.
class seeded {
 public:
  explicit seeded(std::uint64_t seed) noexcept : state_{seed} {}
  std::uint64_t next() noexcept {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
  }
  std::size_t below(std::size_t bound) noexcept { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

}  // namespace store_tests
