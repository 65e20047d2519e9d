// SPDX-License-Identifier: BSL-1.0
//
// git_history.cpp: the plan of an import: the mainline, and the order in which the rest is woven in.
#include "git_history.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace git_ledger {

history_plan::history_plan(const git_repository& repository, const std::optional<std::string>& from,
                           const std::string& to) {
  if (from == to) return;
  list(repository, from, to);
  order(mainline(from), repository.shallow_boundary());
}

void history_plan::list(const git_repository& repository, const std::optional<std::string>& from,
                        const std::string& to) {
  std::vector<std::string> command{"rev-list", "--topo-order", "--reverse", "--parents", to};
  if (from) command.push_back("^" + *from);
  child_process git = repository.start(std::move(command));

  std::unordered_map<std::string, index> known;
  const auto number_of = [&](const std::string& id) {
    const auto [found, is_new] = known.try_emplace(id, static_cast<index>(commits_.size()));
    if (is_new) {
      commits_.push_back({id, {}});
      listed_.push_back(false);
    }
    return found->second;
  };
  for (std::string line; git.read_until('\n', line);) {  // <commit> [<parent>...]
    std::vector<index> parents;
    const std::size_t id_end = std::min(line.find(' '), line.size());
    for (std::size_t begin = id_end + 1; begin < line.size();) {
      const std::size_t end = std::min(line.find(' ', begin), line.size());
      parents.push_back(number_of(line.substr(begin, end - begin)));
      begin = end + 1;
    }
    last_ = number_of(line.substr(0, id_end));
    commits_[last_].parents = std::move(parents);
    listed_[last_] = true;
  }
  git.finish();
  if (last_ == none || commits_[last_].id != to) throw git.failure("the list doesn't end with " + to);
}

std::vector<history_plan::index> history_plan::mainline(const std::optional<std::string>& from) const {
  // leads_back[c]: c is `from`, or a chain of parents leads from c to it. Without `from`, any chain will do.
  std::vector<bool> leads_back(commits_.size(), !from);
  if (from) {
    // Parents are numbered before their children, except for those outside the range, which have no parents here.
    for (index number = 0; number < commits_.size(); ++number) {
      const commit& here = commits_[number];
      leads_back[number] = here.id == *from || std::any_of(here.parents.begin(), here.parents.end(),
                                                           [&](index parent) { return leads_back[parent]; });
    }
  }
  std::vector<index> chain;
  for (index number = last_; number != none && listed_[number];) {
    chain.push_back(number);
    const std::vector<index>& parents = commits_[number].parents;
    const auto next = std::find_if(parents.begin(), parents.end(), [&](index parent) { return leads_back[parent]; });
    number = next == parents.end() ? none : *next;
    if (from && number == none) throw process_error{"no chain of parents leads from the new HEAD back to " + *from};
    if (number != none && !listed_[number]) chain.push_back(number);
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

void history_plan::order(const std::vector<index>& chain, const std::unordered_set<std::string>& boundary) {
  std::vector<bool> done(commits_.size());
  for (index number = 0; number < commits_.size(); ++number) done[number] = !listed_[number];
  for (const index number : chain) done[number] = true;

  index predecessor = none;
  for (const index number : chain) {
    if (listed_[number]) {
      for (const index parent : commits_[number].parents) add_branch(parent, done, boundary);
      const bool merge = commits_[number].parents.size() > 1;
      const bool cut_off = boundary.contains(commits_[number].id);
      steps_.push_back({number, predecessor, true, merge, merge || cut_off ? reach::merge : reach::mainline});
    }
    predecessor = number;
  }
}

void history_plan::add_branch(index tip, std::vector<bool>& done, const std::unordered_set<std::string>& boundary) {
  // Depth first, parents before children, with a stack of our own: branches can be longer than a thread's stack is
  // deep.
  struct visit {
    index number;
    std::size_t next_parent;
  };
  if (done[tip]) return;
  std::vector<visit> open{{tip, 0}};
  done[tip] = true;
  while (!open.empty()) {
    const index number = open.back().number;
    const std::vector<index>& parents = commits_[number].parents;
    if (open.back().next_parent < parents.size()) {
      const index parent = parents[open.back().next_parent++];
      if (!done[parent]) {
        done[parent] = true;
        open.push_back({parent, 0});
      }
      continue;
    }
    const bool merge = parents.size() > 1;
    const bool no_difference = merge || boundary.contains(commits_[number].id);
    const index against = no_difference ? number : parents.empty() ? none : parents.front();
    steps_.push_back({number, against, false, merge, reach::branch});
    open.pop_back();
  }
}

std::size_t history_plan::skip(const std::set<std::string>& ids) {
  return std::erase_if(steps_, [&](const step& candidate) { return ids.contains(commits_[candidate.which].id); });
}

}  // namespace git_ledger
