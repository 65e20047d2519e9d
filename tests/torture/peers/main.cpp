// SPDX-License-Identifier: BSL-1.0
//
// main.cpp: torture_peers [--seconds N] [--seed S] [--only TEST]: damages, kills and cuts off stores of several
// libraries, quipu among them, with one workload and one judgement, and prints the counts as Markdown.
// `tools/torture peers` builds and runs it.
#include "tests.hpp"

#include <array>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <string_view>

namespace {

using namespace torture;

struct named_test {
  std::string name;
  std::string title;
  std::function<std::vector<tally>(const std::vector<peer>&, const options&, report&)> run;
};

named_test damage_test(std::string name, std::string title, damage how, ending_of_writer before) {
  return {std::move(name), std::move(title), [=](const auto& peers, const options& given, report& to) {
            return damage_files(peers, how, before, given, to);
          }};
}
named_test power_test(const std::string& file_system) {
  return {
      "powercut-" + file_system, "Power cuts of " + file_system,
      [=](const auto& peers, const options& given, report& to) { return cut_power(peers, file_system, given, to); }};
}

std::vector<named_test> all_tests() {
  return {
      damage_test("bits-closed", "One bit flipped in a file of a closed store", damage::flipped_bit,
                  ending_of_writer::closed),
      damage_test("bits-killed", "One bit flipped in a file that a killed writer left", damage::flipped_bit,
                  ending_of_writer::killed),
      damage_test("cuts-closed", "One file of a closed store cut short", damage::cut_file, ending_of_writer::closed),
      damage_test("cuts-killed", "One file that a killed writer left cut short", damage::cut_file,
                  ending_of_writer::killed),
      {"kill9", "The writer killed", kill_writers},
      power_test("ext4"),
      power_test("xfs"),
  };
}

std::vector<peer> all_peers() {
  std::vector<peer> all;
  for (const auto make : {quipu_peers, sqlite_peers, lmdb_peers, leveldb_peers, rocksdb_peers})
    for (peer& each : make()) all.push_back(std::move(each));
  return all;
}

/// Returns the exit code. A test that can't run here is left out, and says why.
int run(const named_test& test, const std::vector<peer>& peers, const options& given) {
  report to{"peers", given};
  try {
    print_table(std::cout, test.title, test.run(peers, given, to));
  } catch (const std::exception& failure) {
    return to.skip(test.name + ": " + failure.what());
  }
  std::cout << '\n';
  return to.conclude(test.name + ", seed " + std::to_string(given.seed));
}

/// Returns false for an option that isn't known.
bool read_option(options& to, std::string_view name, const char* value) {
  if (name == "--seconds") {
    to.seconds = std::strtoull(value, nullptr, 10);
  } else if (name == "--seed") {
    to.seed = std::strtoull(value, nullptr, 10);
  } else if (name == "--only") {
    to.only = value;
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  options given;
  for (int at = 1; at < count; at += 2) {
    if (at + 1 < count && read_option(given, arguments[at], arguments[at + 1])) continue;
    std::cerr << "peers: option " << arguments[at] << " is unknown or has no value\n";
    return 2;
  }
  std::vector<named_test> tests = all_tests();
  std::erase_if(tests, [&](const named_test& each) { return !given.only.empty() && each.name != given.only; });
  if (tests.empty()) {
    std::cerr << "peers: there is no test " << given.only << '\n';
    return 2;
  }
  const std::vector<peer> peers = all_peers();
  for (const peer& each : peers) std::cout << "- " << each.name << " " << each.version << ": " << each.settings << '\n';
  given.seconds = std::max<std::uint64_t>(1, given.seconds / tests.size());
  int code = 0;
  for (const named_test& each : tests) {
    given.only = each.name;
    code = std::max(code, run(each, peers, given));
  }
  return code;
}
