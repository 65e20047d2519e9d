// SPDX-License-Identifier: BSL-1.0
//
// nameless_enumerators_test.cpp: a store as a program wrote it when schemas said `enum:i32` and no more, committed
// beside this file. A program whose schemas name the enumerators reads it, goes on in it, and is checked from there on.
// QUIPU_GOLDEN_WRITE=1 makes the files anew.
#include "../journal/simulated_machine.hpp"

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/store.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using quipu::errc;
using quipu::event_kind;
using quipu::region;
using simulation::disk;

namespace before {  // the program that wrote

enum class state { open, paid, shipped };
enum class channel : std::uint8_t { web, shop };
struct moved {
  static constexpr auto kind = event_kind::custom(4, 1);
  state to{};
  std::optional<channel> by{};
};

}  // namespace before

template <>
inline constexpr quipu::enumerator_range quipu::enumerators_of<before::state> = quipu::no_enumerators;
template <>
inline constexpr quipu::enumerator_range quipu::enumerators_of<before::channel> = quipu::no_enumerators;

namespace today {

enum class state { open, paid, shipped };
enum class channel : std::uint8_t { web, shop };
struct moved {
  static constexpr auto kind = event_kind::custom(4, 1);
  state to{};
  std::optional<channel> by{};
};
struct order {
  using events = quipu::event_list<moved>;
  state now{};
  std::uint32_t in_shop{};
  void apply(const moved& event) {
    now = event.to;
    if (event.by == channel::shop) ++in_shop;
  }
};

}  // namespace today

namespace tomorrow {  // an enumerator was put in the middle

enum class state { open, cancelled, paid, shipped };
struct moved {
  static constexpr auto kind = event_kind::custom(4, 1);
  state to{};
  std::optional<today::channel> by{};
};

}  // namespace tomorrow

namespace {

using golden_store = quipu::store;

quipu::config settings() {
  quipu::config made{.directory = "golden"};
  made.segment_max_bytes = 64 << 10;
  made.writer.preallocate_bytes = 0;
  made.sync.interval_ms = 0;
  return made;
}

void work(const disk& on) {
  golden_store store{settings_in(on, settings())};
  store.append({"order:1", "shop"}, before::moved{before::state::open, before::channel::web});
  store.append({"order:1", "shop"}, before::moved{before::state::paid, before::channel::shop});
  store.close();
}

fs::path folder() { return fs::path{__FILE__}.parent_path() / "v1" / "nameless_enumerators"; }

std::string read_file(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

void write_golden(const disk& from) {
  fs::create_directories(folder());
  for (const auto& old : fs::directory_iterator{folder()}) fs::remove(old.path());
  for (const std::string& name : from.names()) {
    if (name == "quipu.lock" || name == "quipu.end") continue;  // the end was not recorded then
    const quipu::bytes content = from.content(name);
    std::ofstream{folder() / name, std::ios::binary}.write(reinterpret_cast<const char*>(content.data()),
                                                           static_cast<std::streamsize>(content.size()));
  }
}

disk golden() {
  disk loaded{1, "golden"};
  for (const auto& found : fs::directory_iterator{folder()})
    loaded.put(found.path().filename().string(), read_file(found.path()));
  return loaded;
}

}  // namespace

TEST_CASE("types whose enumerators aren't in the schema make the bytes that they made", "[golden][enumerators]") {
  const disk made{2026, "golden"};
  work(made);
  if (std::getenv("QUIPU_GOLDEN_WRITE") != nullptr) write_golden(made);
  const disk kept = golden();
  std::size_t compared = 0;
  for (const std::string& name : made.names()) {
    if (name == "quipu.lock" || name == "quipu.end") continue;  // the end was not recorded then
    INFO(name);
    CHECK(made.content(name) == kept.content(name));
    ++compared;
  }
  CHECK(compared == 2);
}

TEST_CASE("events from before schemas had enumerators are read, and more are appended", "[golden][enumerators]") {
  const disk kept = golden();
  golden_store store{settings_in(kept, settings())};
  CHECK_NOTHROW(store.verify());
  const auto seen = store.project<today::order>("order:1");
  REQUIRE(seen);
  CHECK(seen->now == today::state::paid);
  CHECK(seen->in_shop == 1);
  std::vector<today::state> states;
  for (const auto& stored : store.query(region::all())) states.push_back(stored.as<today::moved>().to);
  CHECK(states == std::vector{today::state::open, today::state::paid});

  const auto shipped = store.append({"order:1", "shop"}, today::moved{today::state::shipped, {}});
  CHECK(store.project<today::order>("order:1")->now == today::state::shipped);
  CHECK_THAT(store.get(shipped.id).to_json(), Catch::Contains(R"("payload":{"to":"shipped","by":null})"));
}

TEST_CASE("once the log has the enumerators, a moved one is drift", "[golden][enumerators]") {
  const disk kept = golden();
  golden_store store{settings_in(kept, settings())};
  store.append({"order:1", "shop"}, today::moved{today::state::shipped, {}});
  try {
    store.append({"order:1", "shop"}, tomorrow::moved{tomorrow::state::paid, {}});
    FAIL("nothing was refused");
  } catch (const quipu::error& refused) {
    CHECK(refused.code() == errc::schema_drift);
    CHECK_THAT(refused.what(), Catch::Contains("{open=0,paid=1,shipped=2}") &&
                                   Catch::Contains("{open=0,cancelled=1,paid=2,shipped=3}"));
  }
}
