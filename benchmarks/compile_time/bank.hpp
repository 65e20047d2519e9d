// SPDX-License-Identifier: BSL-1.0
//
// bank.hpp: what the files of the program that use a store share.
#pragma once

#include "books.hpp"

#include <quipu.hpp>

#include <cstdint>
#include <string>

// One type, whether or not stores are templates over their cache.
using bank = decltype(quipu::store{quipu::config{}, quipu::file_cache{""}});

void open_account(bank& with, const std::string& owner, std::uint32_t branch);
void transfer(bank& with, const std::string& from, const std::string& to, std::int64_t cents);
std::string report(bank& with, const std::string& owner);
