// SPDX-License-Identifier: BSL-1.0
//
// nameless_enumerators_test.cpp: a store as a program wrote it when schemas said `enum:i32` and no more, committed
// beside this file. A program whose schemas name the enumerators reads it, goes on in it, and is checked from there on.
// QUIPU_GOLDEN_WRITE=1 makes the files anew.
#include "../journal/simulated_machine.hpp"
#include "golden_files.hpp"

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/store.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
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
template <>
inline constexpr std::string_view quipu::event_name_of<before::moved> = {};

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

fs::path folder() { return golden_files::folder_of("nameless_enumerators"); }

disk golden() { return golden_files::load(folder()); }

}  // namespace

TEST_CASE("types whose enumerators aren't in the schema make the bytes that they made", "[golden][enumerators]") {
  const disk made{2026, "golden"};
  work(made);
  const std::vector<std::string> names = golden_files::names_of(made);
  if (std::getenv("QUIPU_GOLDEN_WRITE") != nullptr) golden_files::write(folder(), made, names);
  golden_files::check_same(made, folder(), names, 2);
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
