// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

struct registered {
  static constexpr auto kind = quipu::event_kind::custom(4, 1);
  std::string name{};
};
struct logged_in {
  static constexpr auto kind = quipu::event_kind::custom(4, 2);
};
struct person {
  using events = quipu::event_list<registered, logged_in>;
  std::string name{};
  unsigned logins{};
  void apply(const registered& event) { name = event.name; }
  void apply(const logged_in&) { ++logins; }
};

/// Whether a file of the directory has the text.
bool is_found(const std::string& text, const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator{directory}) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file{entry.path(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    if (bytes.find(text) != std::string::npos) return true;
  }
  return false;
}

int main() {
  // [open]
  quipu::config settings{.directory = "people"};
  settings.chain_key = quipu::blake3("a secret, from a file elsewhere");  // 32 bytes
  quipu::store store{settings, quipu::file_cache{"people-cache"}};
  // [/open]

  // The name of an entity can't be erased: a number, not a person's name.
  store.append({"person:4711", "web"}, registered{"Ada Lovelace"});
  store.append({"person:4711", "web"}, logged_in{});
  store.append({"person:4712", "web"}, registered{"Charles Babbage"});
  std::cout << store.project<person>("person:4711").value().name << '\n';
  const quipu::digest head = store.head();

  // [erase]
  const auto stays = [](const quipu::event_view& event) {
    return event.entity() != "person:4711" || !event.is<registered>();
  };
  const auto report = store.compact(quipu::compaction::tombstone(stays));
  std::cout << report.erased << " event erased\n";
  // [/erase]

  // [after]
  const auto now = store.project<person>("person:4711").value();  // folds what is left
  std::cout << "name: '" << now.name << "', logins: " << now.logins << '\n';
  std::cout << std::boolalpha << "in the files: " << is_found("Lovelace", "people")
            << ' ' << is_found("Lovelace", "people-cache") << '\n';

  // It can still be proved that nothing else has changed.
  const quipu::verification found = store.verify();
  std::cout << found.events << " events, " << found.erased
            << " erased, same head: " << (store.head() == head) << '\n';
  // [/after]
}
