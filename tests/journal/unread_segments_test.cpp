// SPDX-License-Identifier: BSL-1.0
//
// unread_segments_test.cpp: opening a store looks at the ends of the segments before the last two, and maps them when
// somebody needs them. What is wrong with them is found then, by whoever needs them, also by many threads at once; that
// one is missing is found at opening.
#include "../store/store_fixture.hpp"
#include "raw_log.hpp"

#ifndef QUIPU_TEST_SINGLE_HEADER
#include <quipu/environment/forwarding.hpp>
#include <quipu/environment/posix_environment.hpp>
#include <quipu/store/read_only_store.hpp>
#endif

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace store_tests;
using quipu::errc;
using quipu::region;

namespace {

constexpr int event_count = 6400;

/// What was asked of the disk.
struct requests {
  std::vector<std::string> mapped{};
  std::vector<std::string> mapped_to_grow{};
  int created_directories{};
};

class counted_file final : public quipu::forwarding_file {
 public:
  counted_file(std::unique_ptr<quipu::environment_file> target, std::shared_ptr<requests> all)
      : forwarding_file{std::move(target)}, all_{std::move(all)} {}
  [[nodiscard]] quipu::file_mapping map(std::size_t count) const override {
    all_->mapped.push_back(fs::path{path()}.filename().string());
    all_->mapped_to_grow.push_back(all_->mapped.back());
    return forwarding_file::map(count);
  }
  [[nodiscard]] quipu::file_mapping map_complete(std::size_t count) const override {
    all_->mapped.push_back(fs::path{path()}.filename().string());
    return forwarding_file::map_complete(count);
  }

 private:
  std::shared_ptr<requests> all_;
};

class counted_directory final : public quipu::forwarding_directory {
 public:
  counted_directory(std::unique_ptr<quipu::environment_directory> target, std::shared_ptr<requests> all)
      : forwarding_directory{std::move(target)}, all_{std::move(all)} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                                   quipu::open_mode mode) const override {
    return std::make_unique<counted_file>(forwarding_directory::open_file(name, mode), all_);
  }

 private:
  std::shared_ptr<requests> all_;
};

/// Counts mappings, and the directories that were asked for to be there durably.
class counted_environment final : public quipu::forwarding_environment {
 public:
  explicit counted_environment(std::shared_ptr<requests> all)
      : forwarding_environment{quipu::posix_environment::shared()}, all_{std::move(all)} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const fs::path& where,
                                                                             bool create) override {
    all_->created_directories += create ? 1 : 0;
    return std::make_unique<counted_directory>(forwarding_environment::open_directory(where, create), all_);
  }

 private:
  std::shared_ptr<requests> all_;
};

quipu::config settings_of(const fs::path& directory) {
  quipu::config settings = small_segments(directory);
  settings.segment_max_bytes = 64 << 10;
  settings.sync.mode = quipu::sync_mode::buffered;
  settings.sync.interval_ms = 0;
  return settings;
}

template <class Store>
void fill(Store& store, int first, int count) {
  for (int number = first; number < first + count; ++number)
    store.append({"account:" + std::to_string(number % 7), "branch:" + std::to_string(number % 3)}, deposited{number});
}

std::vector<fs::path> files_of(const fs::path& folder, const std::string& suffix) {
  std::vector<fs::path> all;
  for (const auto& each : fs::directory_iterator{folder})
    if (each.path().string().ends_with(suffix)) all.push_back(each.path());
  std::sort(all.begin(), all.end());
  return all;
}

std::string content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void flip(const fs::path& file, std::streamoff at) {
  std::fstream open{file, std::ios::binary | std::ios::in | std::ios::out};
  open.seekg(at);
  const int was = open.get();
  open.seekp(at);
  open.put(static_cast<char>(was ^ 1));
}

/// A store of many segments, closed in order.
struct stored_log {
  stored_log() {
    quipu::store store{settings};
    fill(store, 0, event_count);
    store.close();
    segments = files_of(settings.directory, ".segment");
    REQUIRE(segments.size() > 8);
    REQUIRE(files_of(settings.directory, ".index").size() == segments.size());
  }

  scratch_folder folder;
  quipu::config settings = settings_of(folder / "data");
  std::vector<fs::path> segments;
};

/// Whether the event with a sequence is there.
template <class Store>
bool has_event(Store& store, std::uint64_t sequence) {
  for (const quipu::event_view& each : store.query(region::all().with_sequence_range(sequence, sequence)))
    return each.sequence() == sequence;
  return false;
}

/// All that can be asked of the first events, as text.
template <class Store>
std::string answers_of(Store& store) {
  std::string all = std::to_string(store.count(region::all())) + " " +
                    std::to_string(store.count(region::entity("account:3"))) + " " +
                    std::to_string(store.count(region::scope("branch:1"))) + " " +
                    std::to_string(store.template project<account>("account:5")->order);
  for (const quipu::event_view& each : store.query(region::all().with_kind(deposited::kind)))
    all.append(" ").append(each.entity()).append(each.scope()) += std::to_string(each.template as<deposited>().cents);
  return all;
}

}  // namespace

TEST_CASE("opening maps the last two segments, and a question those that it needs", "[journal][unread]") {
  const stored_log log;
  const auto all = std::make_shared<requests>();
  quipu::config counted = log.settings;
  counted.environment = std::make_shared<counted_environment>(all);
  const auto mapped = [&all](const fs::path& file) {
    return std::count(all->mapped.begin(), all->mapped.end(), file.filename().string());
  };
  const auto check = [&](auto&& store) {
    CHECK(all->mapped.size() == 4);  // each with its index file
    CHECK(mapped(log.segments.back()) == 1);
    CHECK(mapped(log.segments[log.segments.size() - 2]) == 1);
    CHECK(has_event(store, 0));
    CHECK(all->mapped.size() == 6);
    CHECK(mapped(log.segments.front()) == 1);
    CHECK(store.count(region::all()) == event_count);
    CHECK(all->mapped.size() == 2 * log.segments.size());
    for (const std::string& each : all->mapped_to_grow)  // the others may be copies
      CHECK(each >= log.segments[log.segments.size() - 2].filename().string());
  };
  SECTION("writer") { check(quipu::store{counted}); }
  SECTION("reader") { check(quipu::read_only_store{counted}); }
}

TEST_CASE("the name of a store's directory is flushed until quipu.store is there", "[journal][unread]") {
  const scratch_folder folder;
  const auto all = std::make_shared<requests>();
  quipu::config counted = settings_of(folder / "data");
  counted.environment = std::make_shared<counted_environment>(all);
  fs::create_directory(folder / "data");  // by one that died before it flushed the name
  quipu::store{counted}.close();
  CHECK(all->created_directories == 1);
  quipu::store{counted}.close();
  CHECK(all->created_directories == 1);
  fs::remove(folder / "data" / "quipu.store");
  quipu::store{counted}.close();
  CHECK(all->created_directories == 2);
}

TEST_CASE("a damaged index file of an older segment makes no difference to its first reader", "[journal][unread]") {
  const stored_log log;
  const std::string expected = [&log] {
    quipu::read_only_store sound{log.settings};
    return answers_of(sound);
  }();
  const fs::path victim = files_of(log.settings.directory, ".index")[2];
  const auto size = static_cast<std::streamoff>(fs::file_size(victim));
  for (const std::streamoff at : {std::streamoff{8}, std::streamoff{70}, std::streamoff{200}, size / 2, size - 1}) {
    flip(victim, at);
    {
      quipu::store store{log.settings};
      CHECK(answers_of(store) == expected);
    }
    quipu::read_only_store reader{log.settings};
    CHECK(answers_of(reader) == expected);
    flip(victim, at);
  }
  fs::resize_file(victim, 100);
  quipu::read_only_store reader{log.settings};
  CHECK(answers_of(reader) == expected);
}

TEST_CASE("damage of an older segment is told with path and offset when it is read, and by verify",
          "[journal][unread]") {
  const stored_log log;
  const fs::path victim = log.segments[3];
  const auto size = static_cast<std::streamoff>(fs::file_size(victim));
  for (const std::streamoff at : {std::streamoff{200}, size / 2, size - 200}) {
    flip(victim, at);
    const auto check = [&](auto&& store) {
      CHECK(has_event(store, event_count - 1));
      for (int time = 0; time < 2; ++time) {
        const quipu::error found = error_of([&] { (void)answers_of(store); });
        CHECK(found.code() == errc::corrupt);
        CHECK(found.path() == victim.string());
        REQUIRE(found.offset());
        CHECK(static_cast<std::streamoff>(*found.offset()) <= at);
        CHECK(at < static_cast<std::streamoff>(*found.offset()) + 200);
      }
      CHECK(code_of([&] { store.verify(); }) == errc::corrupt);
    };
    check(quipu::store{log.settings});
    check(quipu::read_only_store{log.settings});
    flip(victim, at);
  }
  quipu::store{log.settings}.verify();
}

TEST_CASE("frames of an older segment that are missing, repeated or exchanged are told when it is read",
          "[journal][unread]") {
  const stored_log log;
  const fs::path victim = log.segments[3];
  const std::string sound = content_of(victim);
  const std::vector<raw_log::frame> frames = raw_log::frames_of(sound);
  const raw_log::frame first = frames[frames.size() / 2];
  const raw_log::frame second = frames[frames.size() / 2 + 1];
  REQUIRE_FALSE((first.internal() || second.internal()));
  const std::string head = sound.substr(0, first.at);
  const std::string one = sound.substr(first.at, first.size);
  const std::string other = sound.substr(second.at, second.size);
  const std::string rest = sound.substr(second.at + second.size);
  for (const std::string& damaged :
       {head + other + rest, head + one + one + other + rest, head + other + one + rest, head + rest}) {
    std::ofstream{victim, std::ios::binary} << damaged;
    const auto check = [&](auto&& store) {
      const quipu::error found = error_of([&] { (void)answers_of(store); });
      CHECK(found.code() == errc::corrupt);
      CHECK(found.path() == victim.string());
      REQUIRE(found.offset());
      CHECK((*found.offset() >= first.at && *found.offset() <= second.at + second.size));
    };
    check(quipu::store{log.settings});
    check(quipu::read_only_store{log.settings});
  }
}

TEST_CASE("what opening must find in older segments, it finds", "[journal][unread]") {
  const stored_log log;
  const fs::path victim = log.segments[4];
  const auto check = [&] {
    for (const quipu::error& found :
         {error_of([&] { quipu::store{log.settings}; }), error_of([&] { quipu::read_only_store{log.settings}; })}) {
      CHECK(found.code() == errc::corrupt);
      CHECK(found.path() == victim.string());
    }
  };
  SECTION("one is missing") {
    fs::remove(victim);
    check();
  }
  SECTION("one is missing, and the index file before it") {
    fs::remove(victim);
    fs::remove(files_of(log.settings.directory, ".index")[3]);
    check();
  }
  SECTION("its head is damaged") {
    flip(victim, 64);
    check();
  }
  SECTION("its seal is damaged") {
    flip(victim, static_cast<std::streamoff>(fs::file_size(victim)) - 12);
    check();
  }
  SECTION("it is cut off") {
    fs::resize_file(victim, fs::file_size(victim) - 96);
    check();
  }
  SECTION("it has the content of another") {
    fs::copy_file(log.segments[5], victim, fs::copy_options::overwrite_existing);
    check();
  }
}

TEST_CASE("a segment of another copy of the store is refused at opening", "[journal][unread]") {
  const stored_log log;
  const fs::path other = log.folder / "other";
  fs::copy(log.settings.directory, other);
  // Both begin alike; then the copy gets other events.
  for (std::size_t position = 5; position < log.segments.size(); ++position) {
    fs::remove(other / log.segments[position].filename());
    fs::remove((other / log.segments[position].filename()).replace_extension(".index"));
  }
  fs::remove(other / "quipu.end");
  {
    quipu::store store{settings_of(other)};
    fill(store, 500'000, event_count);
  }
  const fs::path name = log.segments[5].filename();
  fs::copy_file(other / name, log.settings.directory / name, fs::copy_options::overwrite_existing);
  for (const quipu::error& found :
       {error_of([&] { quipu::store{log.settings}; }), error_of([&] { quipu::read_only_store{log.settings}; })})
    CHECK(found.code() == errc::corrupt);
}

TEST_CASE("after a crash a writer makes damaged index files of older segments again", "[journal][unread]") {
  const stored_log log;
  const fs::path index = files_of(log.settings.directory, ".index")[1];
  const auto whole = fs::file_size(index);
  fs::resize_file(index, 10);
  SECTION("but not after an orderly close") {
    quipu::store{log.settings}.close();
    CHECK(fs::file_size(index) == 10);
  }
  SECTION("after a crash") {
    const int ended = in_child([&log] {
      auto& lost = *new quipu::store{log.settings};
      lost.append({"account:1", "x"}, deposited{1}, {.durability = quipu::durability::durable});
      return 0;  // nothing is closed
    });
    REQUIRE(ended == 0);
    quipu::store{log.settings}.close();
    CHECK(fs::file_size(index) == whole);
    fs::remove(index);
    quipu::store{log.settings}.close();
    CHECK(fs::file_size(index) == whole);
  }
}

TEST_CASE("after a crash damage of an older segment without its index file is found at opening", "[journal][unread]") {
  const scratch_folder folder;
  quipu::config settings = settings_of(folder / "data");
  settings.chain = false;
  const int ended = in_child([&settings] {
    auto& lost = *new quipu::store{settings};
    fill(lost, 0, event_count);
    lost.append_raw({"account:1", "branch:1"}, quipu::event_kind::custom(1, 1), "",  // as large as the mark of closing
                    {.durability = quipu::durability::durable});
    return 0;  // nothing is closed
  });
  REQUIRE(ended == 0);
  const fs::path last = files_of(settings.directory, ".segment").back();
  fs::resize_file(last,
                  raw_log::end_of_frames(raw_log::frames_of(quipu::bytes_view{std::string_view{content_of(last)}})));
  const fs::path victim = files_of(settings.directory, ".segment")[2];
  flip(victim, static_cast<std::streamoff>(fs::file_size(victim)) / 2);
  fs::resize_file(files_of(settings.directory, ".index")[2], 10);
  const quipu::error found = error_of([&] { quipu::store{settings}; });
  CHECK(found.code() == errc::corrupt);
  CHECK(found.path() == victim.string());
}

TEST_CASE("threads that need a segment first at the same time see the same", "[journal][unread]") {
  const stored_log log;
  const auto race = [](auto&& store) {
    std::atomic<int> ready{0};
    std::vector<std::string> answers(4);
    std::vector<std::thread> threads;
    for (std::string& answer : answers)
      threads.emplace_back([&] {
        ++ready;
        while (ready.load() != 4) std::this_thread::yield();
        try {
          answer = answers_of(store);
        } catch (const std::exception& failure) {
          answer = failure.what();
        }
      });
    for (std::thread& each : threads) each.join();
    for (const std::string& answer : answers) CHECK(answer == answers.front());
    CHECK(answers.front().starts_with(std::to_string(event_count) + " "));
  };
  for (int time = 0; time < 3; ++time) {
    race(quipu::store{log.settings});
    race(quipu::read_only_store{log.settings});
    if (time == 1) fs::resize_file(files_of(log.settings.directory, ".index")[2], 10);
  }
}

TEST_CASE("a reader follows a writer that has not read the older segments", "[journal][unread]") {
  const stored_log log;
  quipu::store store{log.settings};
  quipu::read_only_store reader{log.settings};
  fill(store, event_count, 500);  // begins further segments
  store.sync();
  CHECK(reader.count(region::all()) == event_count + 500);
  CHECK(reader.project<account>("account:2") == store.project<account>("account:2"));
  CHECK(reader.head() == store.head());
  CHECK(answers_of(reader) == answers_of(store));
}

TEST_CASE("a reader that has not read a segment reads it as it was, also after a compaction", "[journal][unread]") {
  const stored_log log;
  quipu::read_only_store reader{log.settings};
  const auto before = reader.query(region::all());
  {
    quipu::store store{log.settings};
    const auto dropped = store.compact(quipu::compaction::retain(
        [](const quipu::event_view& each) { return each.sequence() < 50 || each.sequence() % 2 == 0; }));
    CHECK(dropped.dropped > 1000);
  }
  int number = 0;
  for (const quipu::event_view& each : before) CHECK(each.as<deposited>().cents == number++);
  CHECK(number == event_count);
  CHECK(reader.count(region::all()) < event_count);
}

TEST_CASE("a forked child reads a range on, also where its index was made from the frames", "[journal][unread]") {
  const stored_log log;
  fs::resize_file(files_of(log.settings.directory, ".index")[2], 10);
  quipu::read_only_store reader{log.settings};
  const auto range = reader.query(region::all());
  const auto count = [&range] { return std::distance(range.begin(), range.end()); };
  CHECK(count() == event_count);
  CHECK(in_child([&] { return count() == event_count ? 0 : 1; }) == 0);
}
