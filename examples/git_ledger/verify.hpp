// SPDX-License-Identifier: BSL-1.0
//
// verify.hpp: asks git what is at HEAD, counts the lines there, and compares with the ledger, file by file.
#pragma once

#include "git_repository.hpp"
#include "ledger_state.hpp"

#include <iosfwd>

namespace git_ledger {

/// True if the ledger's files are exactly those of its last commit, with their exact numbers of lines. The count is
/// independent of the import: it reads every blob of the tree and adds up no differences. Each disagreement is printed.
[[nodiscard]] bool verify(std::ostream& out, const ledger& books, const git_repository& repository);

}  // namespace git_ledger
