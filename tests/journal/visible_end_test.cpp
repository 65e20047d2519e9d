// SPDX-License-Identifier: BSL-1.0
//
// visible_end_test.cpp: a durable event is visible to nobody before it is on stable storage. The environment asks the
// store in the middle of each flush.
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
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using on_flush = std::shared_ptr<std::function<void()>>;

class asking_file final : public quipu::forwarding_file {
 public:
  asking_file(std::unique_ptr<quipu::environment_file> target, on_flush ask)
      : forwarding_file{std::move(target)}, ask_{std::move(ask)} {}
  void sync() override {
    if (*ask_) (*ask_)();
    forwarding_file::sync();
  }

 private:
  on_flush ask_;
};

class asking_directory final : public quipu::forwarding_directory {
 public:
  asking_directory(std::unique_ptr<quipu::environment_directory> target, on_flush ask)
      : forwarding_directory{std::move(target)}, ask_{std::move(ask)} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                                   quipu::open_mode mode) const override {
    return std::make_unique<asking_file>(forwarding_directory::open_file(name, mode), ask_);
  }

 private:
  on_flush ask_;
};

class asking_environment final : public quipu::forwarding_environment {
 public:
  explicit asking_environment(on_flush ask)
      : forwarding_environment{std::make_shared<quipu::memory_environment>()}, ask_{std::move(ask)} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                                             bool create) override {
    return std::make_unique<asking_directory>(forwarding_environment::open_directory(where, create), ask_);
  }

 private:
  on_flush ask_;
};

}  // namespace

TEST_CASE("a durable event is visible only after its flush", "[journal]") {
  const on_flush ask = std::make_shared<std::function<void()>>();
  quipu::config settings{.directory = "ledger"};
  settings.environment = std::make_shared<asking_environment>(ask);
  settings.sync.interval_ms = 0;
  quipu::store store{settings};
  std::vector<std::uint64_t> seen;
  *ask = [&] { seen.push_back(store.stats().events); };
  for (std::uint64_t number = 0; number < 3; ++number) {
    store.append_raw({"a", "s"}, quipu::event_kind::custom(1, 1), "text");
    CHECK(store.stats().events == number + 1);
  }
  quipu::batch events;
  for (int each = 0; each < 4; ++each)
    static_cast<void>(events.add_raw({"b", "s"}, quipu::event_kind::custom(1, 1), "text"));
  store.append(events);
  *ask = {};
  CHECK(seen == std::vector<std::uint64_t>{0, 1, 2, 3});
  CHECK(store.stats().events == 7);
}
