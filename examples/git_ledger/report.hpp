// SPDX-License-Identifier: BSL-1.0
//
// report.hpp: prints the ledger.
#pragma once

#include "ledger_state.hpp"

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace git_ledger {

/// Text that is safe on a terminal and stays on its line: control characters, quotes, backslashes and bytes that aren't
/// printable ASCII or part of valid UTF-8 are escaped as in C, and then the whole is quoted, as git does it.
[[nodiscard]] std::string printable(std::string_view text);

/// 1234567 as 1,234,567.
[[nodiscard]] std::string grouped(std::uint64_t number);

/// Every file at HEAD with its lines, by path; then totals.
void print_files(std::ostream& out, const working_tree& tree);
/// The `limit` authors with the most commits.
void print_authors(std::ostream& out, const author_table& table, std::size_t limit);
/// The `limit` files at HEAD that most commits changed.
void print_busiest(std::ostream& out, const working_tree& tree, const file_activity& activity, std::size_t limit);

}  // namespace git_ledger
