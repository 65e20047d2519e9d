// SPDX-License-Identifier: BSL-1.0
//
// The three compactions: merging, dropping, erasing.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

struct moved_in {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string address;
};

int main() {
  quipu::store store{quipu::config{.directory = "people"}};
  store.append({"person:4711", "town"}, moved_in{"1 Long Street"});
  store.append({"person:4712", "town"}, moved_in{"2 Long Street"});
  std::int64_t last_year{};  // microseconds since 1970
  // [compact]
  // Small segments become large ones. No event changes.
  store.compact(quipu::compaction::merge());
  // Events for which this is false are dropped.
  store.compact(quipu::compaction::retain(
      [last_year](const quipu::event_view& event) { return event.timestamp_us() >= last_year; }));
  // Events for which this is false are erased.
  const quipu::compaction_report report = store.compact(quipu::compaction::tombstone(
      [](const quipu::event_view& event) { return event.entity() != "person:4711"; }));
  // [/compact]
  std::cout << report.erased << " event was erased\n";
  for (const quipu::event_view& event : store.query(quipu::region::all()))
    std::cout << event.sequence() << ": "
              << (event.erased() ? "erased" : event.as<moved_in>().address) << '\n';
}
