// SPDX-License-Identifier: BSL-1.0
//
// report.cpp: projects, queries and visits events.
#include "bank.hpp"

std::string report(bank& with, const std::string& owner) {
  const auto state = with.project<account>("account:" + owner);
  if (!state) return owner + " has no account\n";
  std::string text = owner + ": " + std::to_string(state->cents) + "\n";
  for (const quipu::event_view& each : with.query(quipu::region::entity("account:" + owner))) {
    if (each.is<withdrawn>()) text += "  for " + each.as<withdrawn>().memo + "\n";
  }
  if (const auto all = with.project<branches>("account:" + owner))
    text += std::to_string(all->accounts.size()) + " branches\n";
  return text;
}
