// SPDX-License-Identifier: BSL-1.0
//
// ledger_history.hpp: how the repository became what it is, for the page with pictures. These states fold both streams
// in the order of the log, so they are projected from a region, and not from an entity.
#pragma once

#include "ledger_state.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

namespace git_ledger {

/// Seconds since 1970, of the beginning of an hour.
using hour_s = std::int64_t;
[[nodiscard]] inline hour_s hour_of(std::int64_t time_s) {
  constexpr std::int64_t hour = 3600;
  return (time_s / hour - (time_s % hour < 0 ? 1 : 0)) * hour;
}

/// The tree after each commit of the mainline, the last one of each hour. Authors' dates may go back from a commit to
/// the next one, where commits were rearranged; the tree has then grown at the later time.
struct growth_history {
  using events = quipu::event_list<commit_authored, file_changed, file_renamed, file_deleted>;
  static constexpr auto caching = quipu::caching::never;

  struct size {
    std::uint64_t files{};
    std::uint64_t lines{};
  };
  std::map<hour_s, size> by_hour;

  void apply(const commit_authored& event) {
    if (!event.mainline) return;
    if (event.authored_at_s != 0) now_ = std::max(now_, hour_of(event.authored_at_s));
    record();
  }
  void apply(const file_changed& event) { change(event, event.lines_added, event.lines_removed); }
  void apply(const file_renamed& event) { change(event, event.lines_added, event.lines_removed); }
  void apply(const file_deleted& event) {
    const auto found = tree_.files.find(event.path);
    change(event, 0, found == tree_.files.end() ? 0 : found->second.lines);
  }

 private:
  template <class Event>
  void change(const Event& event, std::uint64_t added, std::uint64_t removed) {
    tree_.apply(event);
    if (event.how == reach::branch) return;
    lines_ = lines_ + added - removed;
    record();
  }
  void record() { by_hour[now_] = {tree_.files.size(), lines_}; }

  working_tree tree_;
  std::uint64_t lines_{};
  hour_s now_{};
};

/// When each author worked, merges included. A commit without a date is left out.
struct work_history {
  using events = quipu::event_list<commit_authored>;
  static constexpr auto caching = quipu::caching::never;

  std::map<hour_s, std::map<std::string, std::uint64_t>> commits;  ///< by hour and e-mail address

  void apply(const commit_authored& event) {
    if (event.authored_at_s != 0) ++commits[hour_of(event.authored_at_s)][event.author_email];
  }
};

}  // namespace git_ledger
