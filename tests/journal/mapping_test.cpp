// SPDX-License-Identifier: BSL-1.0
//
// mapping_test.cpp: a writer reads what it wrote through its mapping of the file, so nothing may come behind that.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/environment/forwarding.hpp>
#include <quipu/environment/memory_environment.hpp>
#include <quipu/store/store.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

class watched_file final : public quipu::forwarding_file {
 public:
  watched_file(std::unique_ptr<quipu::environment_file> target, std::vector<std::string>& outside)
      : forwarding_file{std::move(target)}, outside_{outside} {}
  [[nodiscard]] quipu::file_mapping map(std::size_t count) const override {
    mapped_ = std::max<std::uint64_t>(mapped_, count);
    return forwarding_file::map(count);
  }
  void write_at(quipu::bytes_view data, std::uint64_t offset) override {
    if (const std::uint64_t end = offset + data.size(); mapped_ != 0 && end > mapped_)
      outside_.push_back(std::string{path()} + ": " + std::to_string(end) + " of " + std::to_string(mapped_));
    forwarding_file::write_at(data, offset);
  }

 private:
  std::vector<std::string>& outside_;
  mutable std::uint64_t mapped_{};
};

class watched_directory final : public quipu::forwarding_directory {
 public:
  watched_directory(std::unique_ptr<quipu::environment_directory> target, std::vector<std::string>& outside)
      : forwarding_directory{std::move(target)}, outside_{outside} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                                   quipu::open_mode mode) const override {
    return std::make_unique<watched_file>(forwarding_directory::open_file(name, mode), outside_);
  }

 private:
  std::vector<std::string>& outside_;
};

class watched_environment final : public quipu::forwarding_environment {
 public:
  watched_environment() : forwarding_environment{std::make_shared<quipu::memory_environment>()} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                                             bool create) override {
    return std::make_unique<watched_directory>(forwarding_environment::open_directory(where, create), outside);
  }
  std::vector<std::string> outside;  ///< what was written behind a file's mapping
};

}  // namespace

TEST_CASE("a segment that is longer than its writer's limits allow has room for its end", "[journal][mapping]") {
  const auto kind = quipu::event_kind::custom(0xF, 1);
  const auto world = std::make_shared<watched_environment>();
  quipu::config settings{.directory = "ledger"};
  settings.environment = world;
  quipu::config smaller = settings;
  smaller.segment_max_bytes = 4096;
  smaller.payload_max_bytes = 1000;
  smaller.batch.max_size = 1;
  smaller.batch.max_bytes = 1000;
  {
    quipu::store store{settings};
    for (int number = 0; number < 300; ++number)
      static_cast<void>(store.append_raw({"a", "s"}, kind, quipu::bytes_view{std::string(1000, 'x')}));
  }
  SECTION("for the mark of a closing, once more and once more") {
    for (int life = 0; life < 3; ++life) {
      quipu::store store{smaller};
      CHECK(store.stats().events == 300);
    }
  }
  SECTION("for its seal") {
    quipu::store store{smaller};
    static_cast<void>(store.append_raw({"a", "s"}, kind, quipu::bytes_view{std::string{"y"}}));
    CHECK(store.stats().segments == 2);
    CHECK(store.verify().events == 301);
  }
  CHECK(world->outside == std::vector<std::string>{});
}
