// SPDX-License-Identifier: BSL-1.0
//
// annotated_test.cpp: a store whose events have metadata and given times, committed beside this file: today's reader
// reads it, and today's writer makes the same bytes. QUIPU_GOLDEN_WRITE=1 makes the files anew.
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
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;
using quipu::region;
using simulation::disk;

namespace {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

}  // namespace

// The stores here are of the time before logs had names of types.
template <>
inline constexpr std::string_view quipu::event_name_of<deposited> = {};

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
  const quipu::coordinate alice{"account:alice", "branch:zurich"};
  golden_store store{settings_in(on, settings())};
  const auto cause = store.append(alice, deposited{1}, {.metadata = {{"user", "u7"}, {"traceparent", "00-ab-cd-01"}}});
  store.append_reaction(alice, deposited{2}, cause,
                        {.metadata = {{"user", ""}}, .copy_metadata = true, .timestamp_us = -1});
  store.append(alice, deposited{3}, {.timestamp_us = std::numeric_limits<std::int64_t>::max()});
  store.append(alice, deposited{4});
  store.close();
}

fs::path folder() { return golden_files::folder_of("annotated"); }

disk golden() { return golden_files::load(folder()); }

}  // namespace

TEST_CASE("today's writer makes the bytes of events with metadata and given times", "[golden][annotated]") {
  const disk made{2026, "golden"};
  work(made);
  const std::vector<std::string> names = golden_files::names_of(made, golden_files::end_record::with);
  if (std::getenv("QUIPU_GOLDEN_WRITE") != nullptr) golden_files::write(folder(), made, names);
  golden_files::check_same(made, folder(), names, 3);
}

TEST_CASE("today's reader reads events with metadata and given times", "[golden][annotated]") {
  const disk kept = golden();
  golden_store store{settings_in(kept, settings())};
  CHECK_NOTHROW(store.verify());
  std::string seen;
  for (const auto& each : store.query(region::all())) {
    for (const auto& [key, value] : each.metadata()) seen.append(key).append("=").append(value).append(" ");
    if (const auto given = each.header().given_us) seen.append(std::to_string(*given));
    seen.append(";");
  }
  CHECK(seen == "traceparent=00-ab-cd-01 user=u7 ;traceparent=00-ab-cd-01 user= -1;9223372036854775807;;");
}
