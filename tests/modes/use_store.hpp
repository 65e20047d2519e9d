// SPDX-License-Identifier: BSL-1.0
//
// use_store.hpp: what each file of these tests does with a store. It appends and projects, so that a file which
// includes this uses the whole engine. quipu.hpp has to be included before.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace modes_tests {

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
};

// In an unnamed namespace on purpose: files of different modes are linked together, and each is to have its own.
namespace {

[[maybe_unused]] std::int64_t deposit(quipu::store& store, std::int64_t cents) {
  store.append({"account:alice", "branch:zurich"}, deposited{cents});
  return store.project<account>("account:alice").value_or(account{}).cents;
}

// The code of the error with which a store refuses to be opened; nothing where it opens.
[[maybe_unused]] std::optional<quipu::errc> refusal(const std::filesystem::path& directory) {
  try {
    quipu::store store{quipu::config{.directory = directory}};
  } catch (const quipu::error& error) {
    return error.code();
  }
  return std::nullopt;
}

}  // namespace

}  // namespace modes_tests
