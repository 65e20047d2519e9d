// SPDX-License-Identifier: BSL-1.0
//
// annotated_test.cpp: a store whose events have metadata and given times, committed beside this file: today's reader
// reads it, and today's writer makes the same bytes. QUIPU_GOLDEN_WRITE=1 makes the files anew.
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
#include <limits>
#include <string>

namespace fs = std::filesystem;
using quipu::region;
using simulation::disk;

namespace {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

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

fs::path folder() { return fs::path{__FILE__}.parent_path() / "v1" / "annotated"; }

std::string read_file(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

void write_golden(const disk& from) {
  fs::create_directories(folder());
  for (const std::string& name : from.names()) {
    if (name == "quipu.lock") continue;
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

TEST_CASE("today's writer makes the bytes of events with metadata and given times", "[golden][annotated]") {
  const disk made{2026, "golden"};
  work(made);
  if (std::getenv("QUIPU_GOLDEN_WRITE") != nullptr) write_golden(made);
  const disk kept = golden();
  std::size_t compared = 0;
  for (const std::string& name : made.names()) {
    if (name == "quipu.lock") continue;
    INFO(name);
    CHECK(made.content(name) == kept.content(name));
    ++compared;
  }
  CHECK(compared == 3);
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
