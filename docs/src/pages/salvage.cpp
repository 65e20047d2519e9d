// SPDX-License-Identifier: BSL-1.0
//
// Reads what is sound of a damaged log. The damage is made here: one byte of an event is changed.
#include <quipu.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

struct noted {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string text;
};

void damage(const std::filesystem::path& directory, const std::string& what) {
  for (const auto& entry : std::filesystem::directory_iterator{directory}) {
    std::fstream file{entry.path(), std::ios::in | std::ios::out | std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    const auto at = bytes.find(what);
    if (at == std::string::npos) continue;
    file.clear();
    file.seekp(static_cast<std::streamoff>(at));
    file.put('?');
  }
}

int main() {
  {
    quipu::store store{quipu::config{.directory = "bank"}};
    for (const char* text : {"first", "second", "third"})
      store.append({"note:1", "desk"}, noted{text});
  }
  damage("bank", "second");
  // [salvage]
  quipu::config settings{.directory = "bank"};
  settings.open = quipu::open_policy::salvage;
  quipu::read_only_store rest{settings};
  for (const quipu::damage_report& each : rest.diagnostics().damage)
    std::cout << std::filesystem::path{each.path}.filename() << ": " << each.events
              << " event is lost\n";
  for (const quipu::event_view& event : rest.query(quipu::region::all()))
    std::cout << event.sequence() << ": " << event.as<noted>().text << '\n';
  // [/salvage]
}
