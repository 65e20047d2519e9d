// SPDX-License-Identifier: BSL-1.0
//
// recorded_end_test.cpp: a log that lost its last events after it was closed is refused, although what is left of it is
// a whole log; and `quipu.lock` may be removed without letting a second writer in.
#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/forwarding.hpp>
#include <quipu/environment/posix_environment.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace store_tests;
using quipu::errc;

namespace {

/// The segments of a store, in the order of the log.
std::vector<std::filesystem::path> segments_of(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> found;
  for (const auto& each : std::filesystem::directory_iterator{directory})
    if (each.path().extension() == ".segment") found.push_back(each.path());
  std::sort(found.begin(), found.end());
  return found;
}

void remove_segment(const std::filesystem::path& segment) {
  std::filesystem::remove(segment);
  std::filesystem::path index = segment;
  std::filesystem::remove(index.replace_extension(".index"));
}

/// Removes the end of a log of `events` events, so that some are lost: its last segment may have none.
void remove_end(const std::filesystem::path& directory, std::uint64_t events) {
  const std::vector<std::filesystem::path> segments = segments_of(directory);
  for (auto each = segments.rbegin(); each != segments.rend(); ++each) {
    remove_segment(*each);
    if (std::stoull(each->stem()) < events) return;
  }
}

/// Writes a closed store with `count` events, in more segments than one.
void make_store(const std::filesystem::path& directory, std::int64_t count) {
  quipu::store store{small_segments(directory)};
  for (std::int64_t number = 0; number < count; ++number) store.append({"account:a", "branch"}, deposited{number});
}

void check_refused(const std::filesystem::path& directory, std::uint64_t recorded) {
  const quipu::config settings = small_segments(directory);
  for (const quipu::error& refused :
       {error_of([&] { quipu::store store{settings}; }), error_of([&] { quipu::read_only_store store{settings}; })}) {
    CHECK(refused.code() == errc::corrupt);
    CHECK(std::string{refused.what()}.find("longer when it was closed") != std::string::npos);
    CHECK(std::filesystem::path{refused.path()}.extension() == ".segment");
    CHECK(refused.expected() == recorded);
    CHECK(refused.actual().value() < recorded);
  }
  quipu::config salvage = settings;
  salvage.open = quipu::open_policy::salvage;
  quipu::read_only_store rest{salvage};
  const auto damage = rest.diagnostics().damage;
  REQUIRE(damage.size() == 1);
  CHECK(damage.front().events == recorded - rest.stats().events);
}

/// Calls a function once, before somebody looks for `quipu.end`.
class meddling_directory final : public quipu::forwarding_directory {
 public:
  meddling_directory(std::unique_ptr<quipu::environment_directory> target, std::function<void()>& meanwhile)
      : forwarding_directory{std::move(target)}, meanwhile_{meanwhile} {}
  [[nodiscard]] bool exists(const std::string& name) const override {
    if (name == "quipu.end" && meanwhile_) std::exchange(meanwhile_, {})();
    return forwarding_directory::exists(name);
  }

 private:
  std::function<void()>& meanwhile_;
};

class meddling_environment final : public quipu::forwarding_environment {
 public:
  meddling_environment() : forwarding_environment{std::make_shared<quipu::posix_environment>()} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                                             bool create) override {
    return std::make_unique<meddling_directory>(forwarding_environment::open_directory(where, create), meanwhile);
  }

  std::function<void()> meanwhile;
};

}  // namespace

TEST_CASE("a closed log whose last segments are gone is refused", "[store][open]") {
  const scratch_folder folder;
  make_store(folder / "data", 605);
  REQUIRE(segments_of(folder / "data").size() > 3);
  for (int round = 0; round < 3; ++round) {
    remove_end(folder / "data", 605);
    check_refused(folder / "data", 605);
  }
}

TEST_CASE("a closed log that was cut at the end of a commit is refused", "[store][open]") {
  const scratch_folder folder;
  make_store(folder / "data", 2);
  const std::filesystem::path segment = segments_of(folder / "data").front();
  const auto mark = static_cast<std::uintmax_t>(quipu::detail::frame_size(0, 0, false));
  const std::uintmax_t two = std::filesystem::file_size(segment) - mark;
  std::filesystem::resize_file(segment, two);
  CHECK(quipu::store{small_segments(folder / "data")}.stats().events == 2);  // only the mark of the close was cut off
  make_store(folder / "data", 1);
  std::filesystem::resize_file(segment, two);
  check_refused(folder / "data", 3);
}

TEST_CASE("a log may go on behind its recorded end, and end there in a crash", "[store][open]") {
  const scratch_folder folder;
  make_store(folder / "data", 3);
  {
    quipu::store store{small_segments(folder / "data")};
    store.append({"account:a", "branch"}, deposited{3});
    std::filesystem::copy(folder / "data", folder / "crashed");
    store.append({"account:a", "branch"}, deposited{4});
  }
  CHECK(quipu::store{small_segments(folder / "crashed")}.stats().events == 4);
  CHECK(quipu::store{small_segments(folder / "data")}.stats().events == 5);
}

TEST_CASE("the recorded end holds after a compaction", "[store][open][compaction]") {
  const scratch_folder folder;
  make_store(folder / "data", 605);
  {
    quipu::store store{small_segments(folder / "data")};
    store.compact(quipu::compaction::retain([](const quipu::event_view& event) { return event.sequence() % 3 == 0; }));
    store.verify();
  }
  {
    quipu::read_only_store store{small_segments(folder / "data")};
    CHECK_NOTHROW(store.verify());
  }
  remove_end(folder / "data", 605);
  check_refused(folder / "data", 605);
}

TEST_CASE("a snapshot records its end", "[store][open]") {
  const scratch_folder folder;
  {
    quipu::store store{small_segments(folder / "data")};
    for (std::int64_t number = 0; number < 605; ++number) store.append({"account:a", "branch"}, deposited{number});
    store.snapshot(folder / "copy");
  }
  CHECK_NOTHROW(quipu::read_only_store{small_segments(folder / "copy")}.verify());
  remove_end(folder / "copy", 605);
  check_refused(folder / "copy", 605);
}

TEST_CASE("a snapshot records the head of what it has while others ask for later ones", "[store][open][threads]") {
  const scratch_folder folder;
  quipu::store store{small_segments(folder / "data")};
  quipu::read_only_store reader{small_segments(folder / "data")};
  store.append({"account:a", "branch"}, deposited{-1});
  std::atomic<bool> enough{false};
  std::vector<std::thread> others;
  others.emplace_back([&] {
    for (std::int64_t number = 0; !enough.load(); ++number) store.append({"account:a", "branch"}, deposited{number});
  });
  for (int count = 0; count < 2; ++count)
    others.emplace_back([&] {
      while (!enough.load()) {
        static_cast<void>(store.head());
        static_cast<void>(reader.head());
      }
    });
  std::vector<std::string> problems;
  for (int round = 0; round < 160; ++round) {
    const std::string name = "copy" + std::to_string(round);
    try {
      round % 2 == 0 ? store.snapshot(folder / name) : reader.snapshot(folder / name);
      quipu::read_only_store{small_segments(folder / name)}.verify();
    } catch (const quipu::error& failure) {
      problems.emplace_back(failure.what());
    }
  }
  enough = true;
  for (std::thread& each : others) each.join();
  CHECK(problems == std::vector<std::string>{});
}

TEST_CASE("verify compares the head with the recorded one", "[store][verify]") {
  const scratch_folder folder;
  make_store(folder / "data", 3);
  quipu::store{small_segments(folder / "data")}.snapshot(folder / "fork");
  for (const char* copy : {"data", "fork"}) {
    quipu::store store{small_segments(folder / copy)};
    store.append({"account:a", "branch"}, deposited{7});
    store.append({"account:a", "branch"}, deposited{8});
  }
  std::filesystem::copy_file(folder / "fork/quipu.end", folder / "data/quipu.end",
                             std::filesystem::copy_options::overwrite_existing);
  quipu::read_only_store store{small_segments(folder / "data")};
  const quipu::error refused = error_of([&] { store.verify(); });
  CHECK(refused.code() == errc::corrupt);
  CHECK(std::string{refused.what()}.find("recorded when the log was closed") != std::string::npos);
}

TEST_CASE("a damaged record of the end is named", "[store][open]") {
  const scratch_folder folder;
  make_store(folder / "data", 3);
  const std::filesystem::path record = folder / "data/quipu.end";
  std::string content(std::filesystem::file_size(record), '\0');
  std::ifstream{record}.read(content.data(), static_cast<std::streamsize>(content.size()));
  for (std::size_t at = 0; at < content.size(); ++at) {
    std::string damaged = content;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    std::ofstream{record} << damaged;
    const quipu::error refused = error_of([&] { quipu::store store{small_segments(folder / "data")}; });
    CHECK((refused.code() == errc::corrupt || refused.code() == errc::unsupported_format));
    CHECK(refused.path() == record.string());
  }
  std::filesystem::remove(record);
  CHECK(quipu::store{small_segments(folder / "data")}.stats().events == 3);
}

TEST_CASE("without quipu.lock a second writer is refused as well", "[store][open]") {
  const scratch_folder folder;
  quipu::store store{small_segments(folder / "data")};
  store.append({"account:a", "branch"}, deposited{1});
  std::filesystem::remove(folder / "data/quipu.lock");
  const quipu::error refused = error_of([&] { quipu::store second{small_segments(folder / "data")}; });
  CHECK(refused.code() == errc::locked);
  CHECK(refused.path() == (folder / "data/quipu.store").string());
  CHECK(quipu::read_only_store{small_segments(folder / "data")}.stats().events == 1);
  store.close();
  CHECK(quipu::store{small_segments(folder / "data")}.stats().events == 1);
}

TEST_CASE("verify does not mistake a log that was appended to and closed meanwhile for one that lost its end",
          "[store]") {
  const scratch_folder folder;
  make_store(folder / "data", 20);
  quipu::config settings = small_segments(folder / "data");
  const auto world = std::make_shared<meddling_environment>();
  settings.environment = world;
  quipu::read_only_store reader{settings};
  world->meanwhile = [&] { make_store(folder / "data", 5); };
  CHECK(reader.verify().events == 25);
  CHECK(!world->meanwhile);
}
