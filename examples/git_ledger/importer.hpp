// SPDX-License-Identifier: BSL-1.0
//
// importer.hpp: from commits to events.
#pragma once

#include "git_repository.hpp"
#include "ledger_events.hpp"
#include "progress.hpp"

#include <quipu.hpp>

#include <cstddef>
#include <stdexcept>

namespace git_ledger {

using ledger_store = quipu::store;

/// The ledger holds commits that HEAD no longer reaches: a rebase, an amended commit, a forced push, or another
/// repository's ledger.
class history_rewritten : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct import_summary {
  std::size_t commits{};
  std::size_t events{};
};

/// Appends what the history of HEAD has and the store hasn't, one batch a commit: a commit is in the ledger whole or
/// not at all, and an import that was interrupted goes on where it stopped. Importing again adds nothing. Throws
/// `history_rewritten`, `process_error` (git failed) and `quipu::error` (the store refused).
import_summary import_history(ledger_store& store, const git_repository& repository, progress::style style);

}  // namespace git_ledger
