// SPDX-License-Identifier: BSL-1.0
//
// consumer.cpp: writes a store, and looks at a state in it with the command.
#include <quipu/tool.hpp>

#include <array>
#include <cstdint>
#include <filesystem>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  void apply(const deposited& event) { cents += event.cents; }
};

int main() {
  std::filesystem::remove_all("bank");
  {
    quipu::store store{quipu::config{.directory = "bank"}};
    store.append({"account:alice", "branch:zurich"}, deposited{500});
  }
  const std::array arguments{"quipu", "state", "bank", "account:alice", "--type", "account"};
  return quipu::tool::run<account>(static_cast<int>(arguments.size()), arguments.data());
}
