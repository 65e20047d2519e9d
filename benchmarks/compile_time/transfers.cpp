// SPDX-License-Identifier: BSL-1.0
//
// transfers.cpp: appends events, one and several at once.
#include "bank.hpp"

#include <stdexcept>

void open_account(bank& with, const std::string& owner, std::uint32_t branch) {
  with.append({"account:" + owner, "branch"}, opened{owner, branch});
}

void transfer(bank& with, const std::string& from, const std::string& to, std::int64_t cents) {
  const auto payer = with.project<account>("account:" + from);
  if (!payer || balance_after(payer->cents, {cents, to}) < 0) throw std::runtime_error{from + " hasn't that much"};
  quipu::batch both;
  const auto first = both.add({"account:" + from, "branch"}, withdrawn{cents, to});
  both.add_reaction({"account:" + to, "branch"}, deposited{cents}, first);
  with.append(both);
}
