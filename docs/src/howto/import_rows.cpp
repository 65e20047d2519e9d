// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

struct order_imported {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
  std::string ordered_on{};  // the row's own date
};

// [row]
struct row {  // of a table elsewhere
  std::string id;
  std::int64_t cents;
  std::string date;
};

quipu::append_options options_for(const row& each) {
  return {
      // The same row again is the same event.
      .idempotency_key = quipu::event_id::from_name("legacy.orders/" + each.id),
      .flags = quipu::event_flags::replay,
  };
}
// [/row]

// [import]
void import(quipu::store& store, const std::vector<row>& table) {
  constexpr std::size_t rows_in_a_commit = 1000;  // at most config.batch.max_size
  quipu::batch commit;
  for (const row& each : table) {
    commit.add({"order:" + each.id, "legacy"}, order_imported{each.cents, each.date},
               options_for(each));
    if (commit.size() == rows_in_a_commit) {
      store.append(commit);
      commit.clear();
    }
  }
  store.append(commit);  // the rest; an empty batch does nothing
}
// [/import]

int main() {
  std::vector<row> table;
  for (int number = 1; number <= 2500; ++number)
    table.push_back({std::to_string(number), 100, "2019-03-01"});

  auto store = quipu::in_memory_store();
  // [run]
  import(store, {table.begin(), table.begin() + 1700});  // the first run ends early
  std::cout << store.count(quipu::region::all()) << " events\n";
  import(store, table);  // the second run begins at the first row
  std::cout << store.count(quipu::region::all()) << " events of " << table.size()
            << " rows\n";

  table[6].cents = 999;  // a row that has changed since is not the same event
  try {
    import(store, table);
  } catch (const quipu::error& refused) {
    std::cout << quipu::name_of(refused.code()) << '\n';
  }
  std::cout << store.count(quipu::region::all()) << " events\n";
  // [/run]
}
