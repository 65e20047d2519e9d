// SPDX-License-Identifier: BSL-1.0
//
// Tutorial, part 5: answers to the exercises.
#include <quipu.hpp>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::int64_t cents{};
};

struct advertised {
  static constexpr auto kind = quipu::event_kind::custom(1, 8);
  std::string text{};
};

const quipu::coordinate alice{"account:alice", "branch:zurich"};

// [head_file]
void keep_head(quipu::store& store, const std::filesystem::path& file) {
  std::ofstream out{file};
  out << store.head().str() << '\n';
  if (!out.flush()) throw std::runtime_error{"can't write " + file.string()};
}

std::optional<quipu::digest> read_head(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string text;
  in >> text;
  return quipu::digest::parse(text);
}

/// Whether the log is still the one whose head was kept.
bool is_unchanged(const std::filesystem::path& directory, const quipu::digest& head) {
  try {
    quipu::read_only_store store{quipu::config{.directory = directory, .expected_head = head}};
    return true;
  } catch (const quipu::error& failure) {
    if (failure.code() == quipu::errc::corrupt) return false;
    throw;
  }
}
// [/head_file]

// [drop]
void drop_advertisements(quipu::store& store) {
  const quipu::compaction_report done = store.compact(quipu::compaction::retain(
      [](const quipu::event_view& event) { return !event.is<advertised>(); }));
  std::cout << "dropped " << done.dropped << " of " << done.events_before << " events\n";
}
// [/drop]

// [rescue]
/// Appends what can still be read of a damaged log to a new one. It gets new numbers and hashes.
void rescue(const std::filesystem::path& damaged, const std::filesystem::path& target) {
  quipu::read_only_store rest{
      quipu::config{.directory = damaged, .open = quipu::open_policy::salvage}};
  quipu::store rescued{quipu::config{.directory = target}};
  std::uint64_t copied = 0;
  for (const quipu::event_view& event : rest.query(quipu::region::all())) {
    if (const std::optional<deposited> in = event.try_as<deposited>()) {
      rescued.append(event.where(), *in, {.idempotency_key = event.id()});
      ++copied;
    }
  }
  std::cout << "rescued " << copied << " deposits\n";
}
// [/rescue]

int main() {
  try {
    {
      quipu::store store{quipu::config{.directory = "bank"}};
      store.append(alice, deposited{500});
      store.append(alice, advertised{"a loan, for you"});
      store.append(alice, deposited{70});
      keep_head(store, "bank.head");
      drop_advertisements(store);
      store.close();
    }
    const std::optional<quipu::digest> head = read_head("bank.head");
    if (!head) {
      std::cout << "bank.head has no head\n";
      return 1;
    }
    std::cout << (is_unchanged("bank", *head) ? "the head is still right\n" : "another head\n");
    {
      quipu::store store{quipu::config{.directory = "bank"}};
      store.append(alice, deposited{1});
      store.close();
    }
    std::cout << (is_unchanged("bank", *head) ? "the head is still right\n" : "another head\n");

    rescue("bank", "rescued");
    rescue("bank", "rescued");
    quipu::read_only_store rescued{quipu::config{.directory = "rescued"}};
    std::cout << rescued.count(quipu::region::all()) << " events in the new log\n";
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
