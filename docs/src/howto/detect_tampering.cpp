// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

struct paid {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::string to{};
  std::int64_t cents{};
};

/// What someone does who can write to the directory.
void alter(const std::filesystem::path& segment, const std::string& from,
           const std::string& to) {
  std::ifstream in{segment, std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  bytes.replace(bytes.find(from), from.size(), to);
  std::ofstream{segment, std::ios::binary} << bytes;
}

// [check]
void check(const quipu::config& settings) {
  try {
    quipu::read_only_store store{settings};
    store.verify();
    std::cout << "sound, up to event " << store.count(quipu::region::all()) - 1 << '\n';
  } catch (const quipu::error& broken) {
    std::cout << quipu::name_of(broken.code())
              << (broken.offset() ? ", at an offset of a file\n"
                                  : ", of the log as a whole\n");
  }
}
// [/check]

int main() {
  namespace fs = std::filesystem;
  // [open]
  quipu::config settings{.directory = "bank"};
  settings.chain_key = quipu::blake3("a secret, from a file elsewhere");
  // [/open]
  quipu::digest head;
  {
    quipu::store store{settings};
    store.append({"account:alice", "web"}, paid{"bob", 100});
    store.snapshot("yesterday");
    store.append({"account:alice", "web"}, paid{"carol", 900});
    // [head]
    head = store.head();  // one hash over all events: send it somewhere else, each day
    // [/head]
  }
  check(settings);

  // An event was altered.
  fs::copy("bank", "altered", fs::copy_options::recursive);
  for (const auto& entry : fs::directory_iterator{"altered"})
    if (entry.path().extension() == ".segment") alter(entry.path(), "carol", "caroe");
  settings.directory = "altered";
  check(settings);

  // The log was replaced by an older one, which is sound by itself.
  settings.directory = "yesterday";
  check(settings);
  // [expect]
  settings.expected_head = head;
  check(settings);
  // [/expect]
}
