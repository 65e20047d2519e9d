// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
  std::string what{};
};
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(2, 2);
  std::int64_t cents{};
};

// [json]
/// One JSON object a line. The log has the shapes of its events, so no type is needed.
void export_json(quipu::store_reader& store, const std::string& entity,
                 const std::string& path) {
  std::ofstream file{path};
  for (const quipu::event_view& event : store.stream(entity))
    file << event.to_json() << '\n';
  if (!file.flush()) throw std::runtime_error{"can't write " + path};
}
// [/json]

// [csv]
/// Columns of one's own, from the types.
void export_csv(quipu::store_reader& store, const std::string& entity,
                std::ostream& out) {
  out << "number,what,cents\n";
  for (const quipu::event_view& event : store.stream(entity)) {
    if (const auto order = event.try_as<ordered>())
      out << event.entity_sequence() << ',' << order->what << ",\n";
    if (const auto payment = event.try_as<paid>())
      out << event.entity_sequence() << ",," << payment->cents << '\n';
  }
}
// [/csv]

int main() {
  quipu::store store{quipu::config{.directory = "shop"}};
  store.append({"order:1001", "web"}, ordered{"12 candles"});
  store.append({"order:1002", "web"}, ordered{"a lamp"});
  store.append({"order:1001", "web"}, paid{2400});

  export_json(store, "order:1001", "order-1001.jsonl");
  export_csv(store, "order:1001", std::cout);

  // [read_back]
  std::ifstream exported{"order-1001.jsonl"};
  for (std::string line; std::getline(exported, line);)
    std::cout << line.substr(0, line.find(",\"id\"")) << " ... "
              << line.substr(line.find("\"payload\"")) << '\n';
  // [/read_back]
}
