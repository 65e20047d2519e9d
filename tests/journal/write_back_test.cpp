// SPDX-License-Identifier: BSL-1.0
//
// write_back_test.cpp: the device is told early to write a segment that nobody flushes.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/environment/forwarding.hpp>
#include <quipu/environment/memory_environment.hpp>
#include <quipu/store/store.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

/// A part of a file that the device was told to write.
struct told {
  std::string file;
  std::uint64_t begin{};
  std::uint64_t end{};
  std::uint64_t written{};  // how far the file was written then
};

class telling_file final : public quipu::forwarding_file {
 public:
  telling_file(std::unique_ptr<quipu::environment_file> target, std::vector<told>& all)
      : forwarding_file{std::move(target)}, all_{all} {}
  void write_at(quipu::bytes_view data, std::uint64_t offset) override {
    forwarding_file::write_at(data, offset);
    written_ = offset + data.size();
  }
  void start_write_back(std::uint64_t offset, std::uint64_t count) noexcept override {
    all_.push_back({std::string{path()}, offset, offset + count, written_});
    forwarding_file::start_write_back(offset, count);
  }

 private:
  std::vector<told>& all_;
  std::uint64_t written_{};
};

class telling_directory final : public quipu::forwarding_directory {
 public:
  telling_directory(std::unique_ptr<quipu::environment_directory> target, std::vector<told>& all)
      : forwarding_directory{std::move(target)}, all_{all} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                                   quipu::open_mode mode) const override {
    return std::make_unique<telling_file>(forwarding_directory::open_file(name, mode), all_);
  }

 private:
  std::vector<told>& all_;
};

class telling_environment final : public quipu::forwarding_environment {
 public:
  telling_environment() : forwarding_environment{std::make_shared<quipu::memory_environment>()} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                                             bool create) override {
    return std::make_unique<telling_directory>(forwarding_environment::open_directory(where, create), all);
  }

  std::vector<told> all;
};

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
const std::string payload(std::size_t{32} << 10, 'x');

quipu::config settings_in(std::shared_ptr<telling_environment> world, quipu::sync_mode mode) {
  quipu::config settings{.directory = "ledger"};
  settings.environment = std::move(world);
  settings.segment_max_bytes = 8 * mebibyte;
  settings.sync.mode = mode;
  settings.sync.interval_ms = 0;
  return settings;
}

}  // namespace

TEST_CASE("the device is told early to write what nobody flushes", "[journal]") {
  const auto world = std::make_shared<telling_environment>();
  quipu::store store{settings_in(world, quipu::sync_mode::buffered)};
  for (int number = 0; number < 640; ++number)  // 20 MiB
    store.append_raw({"a", "s"}, quipu::event_kind::custom(1, 1), payload);
  REQUIRE(world->all.size() >= 12);
  std::string file;
  std::uint64_t end = 0;
  for (const told& each : world->all) {
    if (each.file != file) {
      CHECK(each.begin <= quipu::detail::segment_head::size);
    } else {
      CHECK(each.begin == end);  // nothing twice, nothing left out
    }
    CHECK(each.end - each.begin >= mebibyte);
    CHECK(each.end - each.begin < 2 * mebibyte);
    CHECK(each.end % 4096 == 0);
    CHECK(each.end <= each.written);
    file = each.file;
    end = each.end;
  }
}

TEST_CASE("the device is told early to write what a compaction and a snapshot make", "[journal][compaction]") {
  const auto world = std::make_shared<telling_environment>();
  quipu::store store{settings_in(world, quipu::sync_mode::durable)};
  for (int number = 0; number < 128; ++number) store.append_raw({"a", "s"}, quipu::event_kind::custom(1, 1), payload);
  store.snapshot("copy");
  const auto told_of = [&] {
    std::uint64_t all = 0;
    for (const told& each : std::exchange(world->all, {})) all += each.end - each.begin;
    return all;
  };
  CHECK(told_of() >= 4 * mebibyte);
  store.compact(quipu::compaction::retain([](const quipu::event_view& event) { return event.sequence() % 2 == 0; }));
  CHECK(told_of() >= 2 * mebibyte);
}

TEST_CASE("the device is told nothing where each event is flushed", "[journal]") {
  const auto world = std::make_shared<telling_environment>();
  quipu::store store{settings_in(world, quipu::sync_mode::durable)};
  for (int number = 0; number < 128; ++number) store.append_raw({"a", "s"}, quipu::event_kind::custom(1, 1), payload);
  CHECK(world->all.empty());
}
