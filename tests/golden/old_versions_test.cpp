// SPDX-License-Identifier: BSL-1.0
//
// old_versions_test.cpp: stores as a program wrote them whose event types were in their first versions, committed
// beside this file, read by a program that has led them on: by upcasts that change, split and drop, and by
// Boost.Serialization's class version. The types of the first program are here, too, and must still make the same
// bytes. QUIPU_GOLDEN_WRITE=1 makes the files anew.
#include "../journal/simulated_machine.hpp"
#include "golden_files.hpp"

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/store/store.hpp>
#endif

#include <boost/serialization/string.hpp>
#include <boost/serialization/version.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace fs = std::filesystem;
using quipu::errc;
using quipu::event_kind;
using quipu::region;
using simulation::disk;

namespace first {  // the program that wrote

struct named {
  static constexpr auto kind = event_kind::custom(3, 1);
  std::string full{};
};
struct moved_in {  // a person and where to, in one event
  static constexpr auto kind = event_kind::custom(3, 2);
  std::string full{};
  std::uint32_t room{};
};
struct noticed {
  static constexpr auto kind = event_kind::custom(3, 3);
  bool important{};
  std::string text{};
};
struct measured {
  static constexpr auto kind = event_kind::custom(3, 4);
  static constexpr std::string_view schema_name = "golden.measured";
  std::int32_t degrees{};
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& degrees;
  }
};

}  // namespace first

// The stores here are of the time before logs had names of types.
template <>
inline constexpr std::string_view quipu::event_name_of<first::named> = {};
template <>
inline constexpr std::string_view quipu::event_name_of<first::moved_in> = {};
template <>
inline constexpr std::string_view quipu::event_name_of<first::noticed> = {};
template <>
inline constexpr std::string_view quipu::event_name_of<first::measured> = {};

namespace second {  // the one after it

struct named {
  static constexpr auto kind = event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 2;
  using previous = first::named;
  static named upcast(const first::named& older) {
    const auto space = older.full.find(' ');
    return {older.full.substr(0, space), space == std::string::npos ? "" : older.full.substr(space + 1)};
  }
  std::string given{};
  std::string family{};
};

}  // namespace second

namespace third {  // today's

struct named {
  static constexpr auto kind = event_kind::custom(3, 1);
  static constexpr std::uint16_t version = 3;
  using previous = second::named;
  static named upcast(const second::named& older) { return {older.family, older.given, older.family.empty()}; }
  std::string family{};
  std::string given{};
  bool is_alias{};
};
struct moved {
  static constexpr auto kind = event_kind::custom(3, 5);
  std::uint64_t room{};
};
/// Has become two: a name, of a version in between, and a move.
struct moved_in {
  static constexpr auto kind = event_kind::custom(3, 2);
  static constexpr std::uint16_t version = 2;
  using previous = first::moved_in;
  static std::tuple<first::named, moved> upcast(const first::moved_in& older) { return {{older.full}, {older.room}}; }
};
/// What wasn't important is gone.
struct noticed {
  static constexpr auto kind = event_kind::custom(3, 3);
  static constexpr std::uint16_t version = 2;
  using previous = first::noticed;
  static std::optional<noticed> upcast(const first::noticed& older) {
    if (!older.important) return std::nullopt;
    return noticed{older.text};
  }
  std::string text{};
};
/// The class version is 1, the event's is 1 as before.
struct measured {
  static constexpr auto kind = event_kind::custom(3, 4);
  static constexpr std::string_view schema_name = "golden.measured";
  std::int32_t degrees{};
  std::string where{"before there were places"};
  template <class Archive>
  void serialize(Archive& archive, unsigned class_version) {
    archive& degrees;
    if (class_version >= 1) archive& where;
  }
};

struct person {
  using events = quipu::event_list<named, moved, moved_in, noticed, measured>;
  std::string told{};
  void apply(const named& event) {
    told += "named " + event.family + "," + event.given + (event.is_alias ? "!" : "") + ";";
  }
  void apply(const moved& event) { told += "moved " + std::to_string(event.room) + ";"; }
  void apply(const noticed& event) { told += "noticed " + event.text + ";"; }
  void apply(const measured& event) { told += "measured " + std::to_string(event.degrees) + " " + event.where + ";"; }
};

}  // namespace third

BOOST_CLASS_VERSION(third::measured, 1)

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
  store.append({"person:1", "house"}, first::named{"Ada Lovelace"});
  store.append({"person:1", "house"}, first::noticed{false, "rain"});
  store.append({"person:1", "house"}, first::moved_in{"Ada King", 12});
  store.append({"person:1", "house"}, first::noticed{true, "fire"});
  store.append({"person:1", "house"}, first::measured{-4});
  store.append({"person:1", "house"}, first::named{"Enchantress"});
  store.close();
}

fs::path folder() { return golden_files::folder_of("old_versions"); }

disk golden() { return golden_files::load(folder()); }

const char* const story =
    "named Lovelace,Ada;named King,Ada;moved 12;noticed fire;measured -4 before there were places;named ,Enchantress!;";

}  // namespace

TEST_CASE("the first versions of the types make the bytes that they made", "[golden][upcast]") {
  const disk made{2025, "golden"};
  work(made);
  const std::vector<std::string> names = golden_files::names_of(made);
  if (std::getenv("QUIPU_GOLDEN_WRITE") != nullptr) golden_files::write(folder(), made, names);
  golden_files::check_same(made, folder(), names, 2);
}

TEST_CASE("a store of first versions is read by today's types, through every upcast and class version",
          "[golden][upcast]") {
  const disk kept = golden();
  golden_store store{settings_in(kept, settings())};
  CHECK(store.stats().events == 6);
  CHECK_NOTHROW(store.verify());
  CHECK(store.project<third::person>("person:1")->told == story);
  CHECK(store.project<third::person>(region::all()).told == story);
  third::person seen;
  for (const auto& stored : store.query(region::all()))
    stored.visit(third::person::events{}, [&seen](const auto& event) { seen.apply(event); });
  CHECK(seen.told == story);

  // And it goes on, in the same log.
  store.append({"person:1", "house"}, third::named{"Byron", "Augusta", false});
  store.append({"person:1", "house"}, third::noticed{"smoke"});
  store.append({"person:1", "house"}, third::measured{21, "the attic"});
  CHECK(store.project<third::person>("person:1")->told ==
        std::string{story} + "named Byron,Augusta;noticed smoke;measured 21 the attic;");
}

TEST_CASE("the program that wrote a store can't read what a later one added, and says both shapes",
          "[golden][upcast]") {
  const disk kept = golden();
  golden_store store{settings_in(kept, settings())};
  const auto added = store.append({"person:1", "house"}, third::named{"Byron", "Augusta", false});
  const auto measurement = store.append({"person:1", "house"}, third::measured{21, "the attic"});
  const auto refusal_of = [&](auto read) -> std::string {
    try {
      read();
    } catch (const quipu::error& refused) {
      CHECK(refused.code() == errc::schema_drift);
      return refused.what();
    }
    return "nothing was refused";
  };
  CHECK_THAT(refusal_of([&] { static_cast<void>(store.get(added.id).as<first::named>()); }),
             Catch::Contains("newer than this program's version 1") &&
                 Catch::Contains("the log has {family:str,given:str,is_alias:bool}, this program has {full:str}"));
  CHECK_THAT(refusal_of([&] { static_cast<void>(store.get(measurement.id).as<first::measured>()); }),
             Catch::Contains("\"golden.measured@1\"") && Catch::Contains("\"golden.measured@0\""));
}
