// SPDX-License-Identifier: BSL-1.0
//
// report.hpp: prints the ledger.
#pragma once

#include "ledger_state.hpp"

#include "../../src/pictures/markup.hpp"

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace git_ledger {

/// Text that is safe on a terminal and stays on its line: control characters, quotes, backslashes and bytes that aren't
/// printable ASCII or part of valid UTF-8 are escaped as in C, and then the whole is quoted, as git does it.
[[nodiscard]] std::string printable(std::string_view text);

/// 1234567 as 1,234,567.
using quipu::pictures::grouped;

/// The files at HEAD with their lines: all of them by path, or the `limit` with the most lines and how many more there
/// are; then totals.
void print_files(std::ostream& out, const working_tree& tree, std::size_t limit);
/// The `limit` authors with the most commits.
void print_authors(std::ostream& out, const author_table& table, std::size_t limit);
/// The `limit` files at HEAD that most commits changed, most changes first. Pointers into `activity`.
[[nodiscard]] std::vector<decltype(file_activity::paths)::const_pointer> busiest_files(const working_tree& tree,
                                                                                       const file_activity& activity,
                                                                                       std::size_t limit);
/// Prints those.
void print_busiest(std::ostream& out, const working_tree& tree, const file_activity& activity, std::size_t limit);

}  // namespace git_ledger
