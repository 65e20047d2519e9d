// SPDX-License-Identifier: BSL-1.0
//
// rules.cpp: names events and states, and uses no store.
#include "books.hpp"

std::int64_t balance_after(std::int64_t cents, const withdrawn& event) {
  return quipu::fold<account>(deposited{cents}, event).cents;
}
