// SPDX-License-Identifier: BSL-1.0
//
// named_test.cpp: a store whose schemas have the names of event types, committed beside this file: two segments, one of
// them with an index file, and a kind whose type was renamed. Today's reader reads it, and today's writer makes the
// same bytes. QUIPU_GOLDEN_WRITE=1 makes the files anew.
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
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;
using quipu::region;
using simulation::disk;

namespace golden_shop {

struct paid {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};
struct settled {  // what `paid` was called later
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  static constexpr std::string_view name = "r\xC3\xA9gl\xC3\xA9";
  std::int64_t cents{};
};

}  // namespace golden_shop

namespace {

using golden_store = quipu::store;

quipu::config settings() {
  quipu::config made{.directory = "golden"};
  made.segment_max_bytes = 4096;
  made.writer.preallocate_bytes = 0;
  made.sync.interval_ms = 0;
  return made;
}

void work(const disk& on) {
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  golden_store store{settings_in(on, settings())};
  store.append(alice, golden_shop::paid{1});
  store.append(alice, golden_shop::settled{2});
  store.append(alice, golden_shop::paid{3});
  store.append_raw(alice, quipu::event_kind::custom(0x3, 0x123), std::string(3300, 'r'));
  store.append(alice, golden_shop::settled{4});
  store.append_raw(alice, quipu::event_kind::custom(0x3, 0x123), "raw");
  store.close();
}

fs::path folder() { return golden_files::folder_of("named"); }

disk golden() { return golden_files::load(folder()); }

std::string shown(golden_store& store) {
  std::string all;
  for (const auto& each : store.query(region::all())) all += each.to_json() + "\n";
  return all + "{\"head\":\"" + store.head().str() + "\"}\n";
}

}  // namespace

TEST_CASE("today's writer makes the bytes of a store with names of types", "[golden][type_names]") {
  const disk made{2026, "golden"};
  work(made);
  const std::vector<std::string> names = golden_files::names_of(made, golden_files::end_record::with);
  if (std::getenv("QUIPU_GOLDEN_WRITE") != nullptr) {
    golden_files::write(folder(), made, names);
    const disk copy = made.after_death();
    golden_store store{settings_in(copy, settings())};
    std::ofstream{folder() / "events.jsonl", std::ios::binary} << shown(store);
  }
  golden_files::check_same(made, folder(), names, 5);  // two segments, an index, what the store is and where it ended
}

TEST_CASE("today's reader reads the names of types", "[golden][type_names]") {
  disk kept = golden();
  kept.put("00000000000000000000.index", golden_files::read_file(golden_files::index_of(folder())));
  golden_store store{settings_in(kept, settings())};
  CHECK(store.diagnostics().opening.indexed == 1);
  CHECK_NOTHROW(store.verify());
  CHECK(shown(store) == golden_files::read_file(folder() / "events.jsonl"));
  std::vector<std::string> names;
  for (const auto& each : store.query(region::all())) names.push_back(each.type_name());
  const std::string paid = "golden_shop::paid";
  CHECK(names == std::vector<std::string>{paid, paid, paid, "", std::string{golden_shop::settled::name}, ""});
  CHECK(store.append({"account:alice", "branch:zurich"}, golden_shop::paid{5}).sequence == 6);
  CHECK(store.diagnostics().shared_kinds ==
        std::vector<quipu::shared_kind>{{golden_shop::paid::kind, 1, {std::string{golden_shop::settled::name}, paid}}});
}
