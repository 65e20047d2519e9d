// SPDX-License-Identifier: BSL-1.0
//
// importer.cpp: reads the plan's commits and appends a batch for each.
#include "importer.hpp"

#include "ledger_state.hpp"

#include <optional>
#include <string>
#include <utility>

namespace git_ledger {
namespace {

commit_authored describe(const commit_record& commit) {
  commit_authored event{.commit = commit.id,
                        .author_name = commit.author_name,
                        .author_email = commit.author_email,
                        .authored_at_s = commit.authored_at_s,
                        .mainline = commit.mainline,
                        .merge = commit.merge};
  if (commit.how == reach::merge) return event;
  event.files = commit.files.size();
  for (const file_change& change : commit.files) {
    event.lines_added += change.added;
    event.lines_removed += change.removed;
  }
  return event;
}

/// All events of a commit. The changes name the commit's event as their cause, so `store.effects(id)` lists them.
quipu::batch make_batch(commit_record&& commit, const std::string& scope) {
  // On disk by the next sync, not one by one: git still has what a power cut might take, and the next import brings it
  // back.
  const quipu::append_options buffered{.durability = quipu::durability::buffered};
  const quipu::coordinate history{history_entity, scope};
  const quipu::coordinate tree{tree_entity, scope};

  quipu::batch batch;
  const auto cause = batch.add(history, describe(commit), buffered);
  for (file_change& change : commit.files) {
    switch (change.what) {
      case file_change::action::changed:
        batch.add_reaction(tree,
                           file_changed{std::move(change.path), commit.how, change.now, change.added, change.removed},
                           cause, buffered);
        break;
      case file_change::action::renamed:
        batch.add_reaction(tree,
                           file_renamed{std::move(change.from), std::move(change.path), commit.how, change.now,
                                        change.added, change.removed},
                           cause, buffered);
        break;
      case file_change::action::deleted:
        batch.add_reaction(tree, file_deleted{std::move(change.path), commit.how, change.removed}, cause, buffered);
        break;
    }
  }
  return batch;
}

}  // namespace

import_summary import_history(ledger_store& store, const git_repository& repository, progress::style style) {
  const import_position position = store.project<import_position>(history_entity).value_or(import_position{});
  const std::optional<std::string> head = repository.head();
  const std::optional<std::string> tip = position.tip.empty() ? std::nullopt : std::optional{position.tip};

  if (tip && !(head && repository.is_ancestor(*tip, *head)))
    throw history_rewritten{"the ledger ends at commit " + *tip + ", which the history of HEAD doesn't have"};
  if (!head) return {};
  history_plan plan{repository, tip, *head};
  if (plan.skip(position.ahead) != position.ahead.size())
    throw history_rewritten{"the ledger has commits of a branch that the history of HEAD doesn't have"};

  const std::string scope = "repository:" + repository.name();
  import_summary summary;
  progress bar{style, "importing " + repository.name(), plan.size()};
  plan.read(repository, [&](commit_record&& commit) {
    const std::size_t appended = store.append(make_batch(std::move(commit), scope)).size();
    ++summary.commits;
    summary.events += appended;
    bar.step(appended);
  });
  store.sync();
  return summary;
}

}  // namespace git_ledger
