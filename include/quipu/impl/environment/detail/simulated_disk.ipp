// SPDX-License-Identifier: BSL-1.0
//
// simulated_disk.ipp: see environment/detail/simulated_disk.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../environment/detail/posix_file.hpp"
#include "../../../environment/detail/simulated_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

// ---- a file ----

QUIPU_DECL bytes simulated_inode::content() const {
  bytes all(static_cast<std::size_t>(size()));
  static_cast<void>(current_->read_at(all.data(), all.size(), 0));
  return all;
}

QUIPU_DECL bytes simulated_inode::newest_sector(std::size_t index) const {
  const auto found = versions_.find(index);
  if (found != versions_.end()) return found->second.back();
  bytes newest(sector);
  const std::size_t begin = std::min(index * sector, stable_.size());
  std::copy_n(stable_.begin() + static_cast<std::ptrdiff_t>(begin), std::min(sector, stable_.size() - begin),
              newest.begin());
  return newest;
}

QUIPU_DECL void simulated_inode::record_sector(std::size_t index, bytes version) {
  if (version != newest_sector(index)) versions_[index].push_back(std::move(version));
}

QUIPU_DECL void simulated_inode::record_bytes(std::uint64_t begin, std::uint64_t end) {
  for (std::size_t index = static_cast<std::size_t>(begin / sector); index * sector < end; ++index) {
    bytes version(sector);
    static_cast<void>(current_->read_at(version.data(), sector, index * sector));
    record_sector(index, std::move(version));
  }
}

QUIPU_DECL void simulated_inode::record_misplaced(bytes_view data, simulated_random& random) {
  const auto sectors = static_cast<std::size_t>((size() + sector - 1) / sector);
  if (sectors == 0) return;
  for (std::size_t index = random.below(sectors); index < sectors && !data.empty(); ++index) {
    bytes version = newest_sector(index);
    const std::size_t count = std::min(sector, data.size());
    std::copy_n(data.begin(), count, version.begin());
    record_sector(index, std::move(version));
    data = data.subview(count);
  }
}

QUIPU_DECL void simulated_inode::settle() {
  // Only what was recorded: a write that the disk swallowed stays swallowed.
  stable_.resize(static_cast<std::size_t>(size()));
  for (const auto& [index, versions] : versions_) {
    if (index * sector >= stable_.size()) continue;
    std::copy_n(versions.back().begin(), std::min(sector, stable_.size() - index * sector),
                stable_.begin() + static_cast<std::ptrdiff_t>(index * sector));
  }
  sizes_.clear();
  versions_.clear();
}

QUIPU_DECL void simulated_inode::settle_as(simulated_choice& choice) {
  stable_ = persisted(choice);
  sizes_.clear();
  versions_.clear();
}

QUIPU_DECL bytes simulated_inode::persisted(simulated_choice& choice) const {
  choice.begin_group();
  const std::size_t chosen_size = choice.below(sizes_.size() + 1);
  bytes content(static_cast<std::size_t>(chosen_size == 0 ? stable_.size() : sizes_[chosen_size - 1]));
  std::copy_n(stable_.begin(), std::min(content.size(), stable_.size()), content.begin());
  choice.begin_group();
  for (const auto& [index, versions] : versions_) {
    const std::size_t chosen = choice.below(versions.size() + 1);
    if (chosen == 0 || index * sector >= content.size()) continue;
    std::copy_n(versions[chosen - 1].begin(), std::min(sector, content.size() - index * sector),
                content.begin() + static_cast<std::ptrdiff_t>(index * sector));
  }
  return content;
}

QUIPU_DECL std::shared_ptr<simulated_inode> simulated_inode::continued_in(
    std::unique_ptr<environment_file> same) const {
  if (const bytes seen = content(); !seen.empty()) same->write_at(seen, 0);
  auto made = std::make_shared<simulated_inode>(std::move(same));
  made->stable_ = stable_;
  made->sizes_ = sizes_;
  made->versions_ = versions_;
  return made;
}

// ---- faults ----

/// Returns the name of a kind of change, as in `simulated_change`.
[[nodiscard]] QUIPU_DECL std::string_view name_of_change(simulated_change what) {
  constexpr std::string_view names[]{"create", "write",  "reserve", "truncate",
                                     "sync",   "rename", "remove",  "sync_directory"};
  return names[static_cast<std::size_t>(what)];
}

/// Returns a fault as it is written in C++.
[[nodiscard]] QUIPU_DECL std::string text_of_fault(const simulated_fault& fault) {
  constexpr std::string_view effects[]{"fail", "stop", "lie", "misdirect"};
  std::string text = "{.at = " + std::to_string(fault.at);
  for (std::size_t index = 0; index < fault.of.size(); ++index) {
    text += index == 0 ? ", .of = {" : ", ";
    text += name_of_change(fault.of[index]);
  }
  if (!fault.of.empty()) text += '}';
  text += ", .effect = ";
  text += effects[static_cast<std::size_t>(fault.effect)];
  if (fault.persists) text += ", .persists = true";
  if (fault.code != errc::io_failed) text += ", .code = storage_full";
  return text + "}";
}

QUIPU_DECL std::string simulated_disk::whole_history() const {
  if (changes_ == changes_in_history_) return history;
  return history + ", " + std::to_string(changes_ - changes_in_history_) + " changes";
}

QUIPU_DECL void simulated_disk::plan(simulated_fault fault) {
  if (fault.at != UINT64_MAX || planned_.at != UINT64_MAX) {
    history = whole_history() + ", plan(" + (fault.at == UINT64_MAX ? "{}" : text_of_fault(fault)) + ")";
    changes_in_history_ = changes_;
  }
  planned_ = std::move(fault);
  counted_ = 0;
}

QUIPU_DECL simulated_fate simulated_disk::next_fate(simulated_change what) {
  if (stopped_) throw simulated_stop{};
  ++changes_;
  if (!planned_.of.empty() && std::find(planned_.of.begin(), planned_.of.end(), what) == planned_.of.end())
    return simulated_fate::happens;
  const std::uint64_t number = counted_++;
  if (number != planned_.at && !(planned_.persists && number > planned_.at)) return simulated_fate::happens;
  const bool flushes = what == simulated_change::sync || what == simulated_change::sync_directory;
  switch (planned_.effect) {
    case simulated_effect::fail:
      return simulated_fate::fails;
    case simulated_effect::stop:
      stopped_ = true;
      return simulated_fate::stops;
    case simulated_effect::lie:
      return flushes || what == simulated_change::write ? simulated_fate::lies : simulated_fate::happens;
    case simulated_effect::misdirect:
      break;
  }
  return what == simulated_change::write ? simulated_fate::misdirects : simulated_fate::happens;
}

QUIPU_DECL void simulated_disk::conclude(simulated_fate fate, std::string_view path) const {
  if (fate == simulated_fate::stops) throw simulated_stop{};
  if (fate == simulated_fate::fails)
    throw_system_error("do what a planned fault forbids, with", std::string{path},
                       planned_.code == errc::storage_full ? ENOSPC : EIO, planned_.code);
}

// ---- names ----

QUIPU_DECL simulated_disk::inode_ref simulated_disk::record_created(const std::string& path,
                                                                    std::unique_ptr<environment_file> file) {
  auto made = std::make_shared<simulated_inode>(std::move(file));
  names_[path] = made;
  name_changes_.push_back({{}, path, made});
  return made;
}

QUIPU_DECL void simulated_disk::record_renamed(const std::string& from, const std::string& to) {
  const auto found = names_.find(from);
  if (found == names_.end() || from == to) return;
  name_changes_.push_back({from, to, found->second});
  names_.erase(found);
  names_[to] = name_changes_.back().what;
}

QUIPU_DECL void simulated_disk::record_removed(const std::string& path) {
  const auto found = names_.find(path);
  if (found == names_.end()) return;
  name_changes_.push_back({path, {}, found->second});
  names_.erase(found);
}

QUIPU_DECL void simulated_disk::apply(const name_change& change, std::map<std::string, inode_ref>& names) {
  if (!change.from.empty()) names.erase(change.from);
  if (!change.to.empty()) names[change.to] = change.what;
}

/// Returns the directory of a path; empty for the root.
[[nodiscard]] QUIPU_DECL std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view{} : path.substr(0, slash);
}

QUIPU_DECL bool simulated_disk::is_in(const name_change& change, std::string_view directory) {
  return parent_of(change.from.empty() ? change.to : change.from) == directory;
}

QUIPU_DECL void simulated_disk::settle_names(const std::string& directory) {
  std::erase_if(stable_names_, [&](const auto& each) { return parent_of(each.first) == directory; });
  for (const auto& each : names_)
    if (parent_of(each.first) == directory) stable_names_.insert(each);
  std::erase_if(name_changes_, [&](const name_change& each) { return is_in(each, directory); });
}

QUIPU_DECL void simulated_disk::settle_names_as(const std::string& directory, simulated_choice& choice) {
  choice.begin_group();
  std::erase_if(name_changes_, [&](const name_change& each) {
    if (!is_in(each, directory)) return false;
    if (choice.below(2) == 1) apply(each, stable_names_);
    return true;
  });
}

QUIPU_DECL std::unique_ptr<environment_file> simulated_disk::make_file(const std::string& path) {
  const std::string parent{parent_of(path)};
  const std::string name = path.substr(parent.empty() ? 0 : parent.size() + 1);
  const auto directory = memory.open_directory("/" + parent, true);
  directory->remove(name);
  return directory->open_file(name, open_mode::create);
}

QUIPU_DECL void simulated_disk::put_stable(const std::string& path, bytes content) {
  record_directory(std::string{parent_of(path)});
  auto file = make_file(path);
  if (!content.empty()) file->write_at(content, 0);
  const auto made = std::make_shared<simulated_inode>(std::move(file));
  made->stable() = std::move(content);
  names_[path] = stable_names_[path] = made;
}

QUIPU_DECL void simulated_disk::erase_stable(const std::string& path) {
  if (names_.erase(path) != 0) {
    const std::string parent{parent_of(path)};
    memory.open_directory("/" + parent, true)->remove(path.substr(parent.empty() ? 0 : parent.size() + 1));
  }
  stable_names_.erase(path);
}

// ---- what the next start finds ----

QUIPU_DECL std::vector<simulated_disk::inode_ref> simulated_disk::reachable() const {
  std::vector<inode_ref> all;
  const auto add = [&all](const inode_ref& each) {
    if (std::find(all.begin(), all.end(), each) == all.end()) all.push_back(each);
  };
  for (const auto& [path, what] : stable_names_) add(what);
  for (const name_change& each : name_changes_) add(each.what);
  return all;
}

QUIPU_DECL void simulated_disk::choose(simulated_choice& choice) const {
  choice.begin_group();
  for (std::size_t index = 0; index < name_changes_.size(); ++index) static_cast<void>(choice.below(2));
  for (const inode_ref& each : reachable()) static_cast<void>(each->persisted(choice));
}

QUIPU_DECL std::shared_ptr<simulated_disk> simulated_disk::next_disk(std::uint64_t number,
                                                                     std::string_view event) const {
  auto found = std::make_shared<simulated_disk>(simulated_random{seed_ ^ (number + changes_ * 0x10001U)}.next());
  found->now_us = now_us;
  found->history = whole_history() + ", " + std::string{event};
  for (const std::string& each : directories_) {
    static_cast<void>(found->memory.open_directory("/" + each, true));
    found->record_directory(each);
  }
  return found;
}

QUIPU_DECL std::shared_ptr<simulated_disk> simulated_disk::after_kill() const {
  auto found = next_disk(0, "after_kill()");
  std::map<inode_ref, inode_ref> continued;
  for (const auto& [path, what] : names_)
    found->names_[path] = continued[what] = what->continued_in(found->make_file(path));
  // A file that has no name any more, and may have one again after a power cut.
  const auto nameless = [] {
    return memory_environment{}.open_directory("/", true)->open_file("nameless", open_mode::create);
  };
  const auto find = [&](const inode_ref& what) {
    inode_ref& same = continued[what];
    if (same == nullptr) same = what->continued_in(nameless());
    return same;
  };
  for (const auto& [path, what] : stable_names_) found->stable_names_[path] = find(what);
  for (const name_change& each : name_changes_) found->name_changes_.push_back({each.from, each.to, find(each.what)});
  return found;
}

QUIPU_DECL std::shared_ptr<simulated_disk> simulated_disk::after_power_cut(simulated_choice& choice,
                                                                           std::uint64_t number,
                                                                           std::string_view event) const {
  auto found = next_disk(number, event);
  std::map<std::string, inode_ref> names = stable_names_;
  choice.begin_group();
  for (const name_change& each : name_changes_)
    if (choice.below(2) == 1) apply(each, names);
  for (const inode_ref& each : reachable()) {
    const bytes content = each->persisted(choice);
    for (const auto& [path, what] : names)
      if (what == each) found->put_stable(path, content);
  }
  return found;
}

}  // namespace quipu::detail::inline QUIPU_MODE
