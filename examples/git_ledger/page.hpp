// SPDX-License-Identifier: BSL-1.0
//
// page.hpp: the ledger as a page with pictures.
#pragma once

#include "ledger_history.hpp"
#include "ledger_state.hpp"

#include <filesystem>
#include <string>

namespace git_ledger {

/// What a page is about.
struct pictured_ledger {
  std::string name;  ///< the repository's
  ledger books;
  growth_history growth;
  work_history work;
};

/// Writes one HTML file that needs nothing from elsewhere; or, if its name ends in `.svg`, the most telling charts as
/// one picture. Throws `std::runtime_error` if it cannot be written.
void write_page(const std::filesystem::path& file, const pictured_ledger& of);

}  // namespace git_ledger
