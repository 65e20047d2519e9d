// SPDX-License-Identifier: BSL-1.0
//
// main.cpp: opens the store.
#include "bank.hpp"

#include <iostream>

int main() {
  bank opened{quipu::config{.directory = "bank"}, quipu::file_cache{"bank-cache"}};
  open_account(opened, "alice", 1);
  open_account(opened, "bob", 2);
  opened.append({"account:alice", "branch"}, deposited{500});
  transfer(opened, "alice", "bob", 120);
  std::cout << report(opened, "alice") << report(opened, "bob");
}
