// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>

using namespace std::chrono_literals;

struct sold {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::string what{};
  std::int64_t cents{};
};

// [models]
struct revenue {  // what the program shows today
  using events = quipu::event_list<sold>;
  std::int64_t cents{};
  void apply(const sold& event) { cents += event.cents; }
};

struct revenue_by_product {  // what it will show
  using events = quipu::event_list<sold>;
  std::map<std::string, std::int64_t> cents{};
  void apply(const sold& event) { cents[event.what] += event.cents; }
};
// [/models]

int main() {
  quipu::store store{quipu::config{.directory = "shop"}};
  const quipu::region sales = quipu::region::scope("shop");
  auto old_model = store.read_model<revenue>("revenue", sales);
  store.append({"till:1", "shop"}, sold{"candle", 200});
  auto last = store.append({"till:1", "shop"}, sold{"lamp", 2500});

  // [switch]
  // Another name: it is folded beside the old one, which goes on answering.
  auto new_model = store.read_model<revenue_by_product>("revenue-2", sales);
  last = store.append({"till:1", "shop"}, sold{"candle", 200});
  if (!old_model.wait_visible_for(last, 10s)) return 1;
  std::cout << "the old one: " << old_model.state().cents << '\n';

  // Switch when the new one covers what users have seen. For a large log, wait longer.
  if (!new_model.wait_visible_for(last, 10s)) return 1;
  for (const auto& [what, cents] : new_model.state().cents)
    std::cout << what << ' ' << cents << '\n';

  old_model.stop();
  old_model.join();
  store.remove_cursor("model:revenue");  // its saved state goes too
  // [/switch]

  // [rebuild]
  // The same model again. Readers see the old state meanwhile.
  new_model.rebuild();
  std::cout << new_model.rebuilds() << " rebuild, still "
            << new_model.state().cents.size() << " products\n";
  // [/rebuild]
  new_model.stop();
  new_model.join();
  for (const quipu::cursor_info& each : store.cursors()) std::cout << each.name << '\n';
}
