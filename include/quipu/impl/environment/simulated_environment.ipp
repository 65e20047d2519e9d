// SPDX-License-Identifier: BSL-1.0
//
// simulated_environment.ipp: see environment/simulated_environment.hpp.
#pragma once

#include "../../core/error.hpp"
#include "../../environment/detail/file_name.hpp"
#include "../../environment/detail/posix_file.hpp"
#include "../../environment/detail/simulated_disk.hpp"
#include "../../environment/forwarding.hpp"
#include "../../environment/simulated_environment.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

class simulated_file final : public forwarding_file {
 public:
  simulated_file(std::shared_ptr<simulated_disk> on, simulated_disk::inode_ref opened,
                 std::unique_ptr<environment_file> seen) noexcept
      : forwarding_file{std::move(seen)}, disk_{std::move(on)}, inode_{std::move(opened)} {}

  void write_at(bytes_view data, std::uint64_t offset) override {
    const std::lock_guard guard{disk_->mutex};
    const simulated_fate fate = disk_->next_fate(simulated_change::write);
    const bool is_cut_short = fate == simulated_fate::fails || fate == simulated_fate::stops;
    if (is_cut_short && disk_->random.below(2) == 0) data = data.subview(0, disk_->random.below(data.size() + 1));
    const std::uint64_t before = inode_->size();
    if (!data.empty() || !is_cut_short) target().write_at(data, offset);
    if (inode_->size() != before) inode_->record_size();
    if (fate == simulated_fate::misdirects)
      inode_->record_misplaced(data, disk_->random);
    else if (fate != simulated_fate::lies)
      inode_->record_bytes(offset, offset + data.size());
    disk_->conclude(fate, path());
  }
  void reserve(std::uint64_t size) override {
    const std::lock_guard guard{disk_->mutex};
    const simulated_fate fate = disk_->next_fate(simulated_change::reserve);
    if (fate != simulated_fate::fails) {
      const std::uint64_t before = inode_->size();
      target().reserve(size);
      if (inode_->size() != before) inode_->record_size();
    }
    disk_->conclude(fate, path());
  }
  void truncate(std::uint64_t size) override {
    const std::lock_guard guard{disk_->mutex};
    const simulated_fate fate = disk_->next_fate(simulated_change::truncate);
    if (fate != simulated_fate::fails) {
      const std::uint64_t before = inode_->size();
      target().truncate(size);
      inode_->record_size();
      inode_->record_bytes(std::min(before, size), std::max(before, size));
    }
    disk_->conclude(fate, path());
  }
  void sync() override {
    const std::lock_guard guard{disk_->mutex};
    const simulated_fate fate = disk_->next_fate(simulated_change::sync);
    if (fate == simulated_fate::happens) inode_->settle();
    if (fate == simulated_fate::fails) {
      seeded_choice choice{disk_->random};
      inode_->settle_as(choice);
    }
    disk_->conclude(fate, path());
  }

 private:
  std::shared_ptr<simulated_disk> disk_;
  simulated_disk::inode_ref inode_;
};

class simulated_directory final : public forwarding_directory {
 public:
  simulated_directory(std::shared_ptr<simulated_disk> on, std::string normal_path,
                      std::unique_ptr<environment_directory> seen) noexcept
      : forwarding_directory{std::move(seen)}, disk_{std::move(on)}, where_{std::move(normal_path)} {}

  [[nodiscard]] std::unique_ptr<environment_file> open_file(const std::string& name, open_mode mode) const override {
    const std::lock_guard guard{disk_->mutex};
    if (mode != open_mode::create || target().exists(name)) {
      auto seen = target().open_file(name, mode);
      return std::make_unique<simulated_file>(disk_, disk_->inode(at(name)), std::move(seen));
    }
    const simulated_fate fate = disk_->next_fate(simulated_change::create);
    if (fate == simulated_fate::fails) disk_->conclude(fate, joined_path(path(), name));
    auto seen = target().open_file(name, mode);
    auto made = disk_->record_created(at(name), target().open_file(name, open_mode::write));
    disk_->conclude(fate, joined_path(path(), name));
    return std::make_unique<simulated_file>(disk_, std::move(made), std::move(seen));
  }
  /// Directories are not renamed: `errc::io_failed`.
  void rename(const std::string& from, const std::string& to) override {
    const std::lock_guard guard{disk_->mutex};
    check_file_name(to, path());
    if (target().exists(from) && !disk_->names().contains(at(from)))
      throw_system_error("rename the directory", joined_path(path(), from), EISDIR, errc::io_failed);
    const simulated_fate fate = disk_->next_fate(simulated_change::rename);
    if (fate != simulated_fate::fails) {
      target().rename(from, to);
      disk_->record_renamed(at(from), at(to));
    }
    disk_->conclude(fate, joined_path(path(), from));
  }
  /// Removing what is no file is not a change.
  void remove(const std::string& name) override {
    const std::lock_guard guard{disk_->mutex};
    if (!disk_->names().contains(at(name))) return target().remove(name);
    const simulated_fate fate = disk_->next_fate(simulated_change::remove);
    if (fate != simulated_fate::fails) {
      target().remove(name);
      disk_->record_removed(at(name));
    }
    disk_->conclude(fate, joined_path(path(), name));
  }
  void sync() override {
    const std::lock_guard guard{disk_->mutex};
    const simulated_fate fate = disk_->next_fate(simulated_change::sync_directory);
    if (fate == simulated_fate::happens) disk_->settle_names(where_);
    if (fate == simulated_fate::fails) {
      seeded_choice choice{disk_->random};
      disk_->settle_names_as(where_, choice);
    }
    disk_->conclude(fate, path());
  }
  [[nodiscard]] std::unique_ptr<environment_lock> lock(const std::string& name) override {
    const std::lock_guard guard{disk_->mutex};
    if (target().exists(name)) return target().lock(name);
    const simulated_fate fate = disk_->next_fate(simulated_change::create);
    if (fate == simulated_fate::fails) disk_->conclude(fate, joined_path(path(), name));
    auto taken = target().lock(name);
    static_cast<void>(disk_->record_created(at(name), target().open_file(name, open_mode::write)));
    disk_->conclude(fate, joined_path(path(), name));
    return taken;
  }
  [[nodiscard]] bool link_from(const environment_directory&, const std::string&) override { return false; }

 private:
  [[nodiscard]] std::string at(const std::string& name) const { return where_.empty() ? name : where_ + "/" + name; }

  std::shared_ptr<simulated_disk> disk_;
  std::string where_;
};

/// Returns a path as `simulated_disk` has it.
[[nodiscard]] QUIPU_DECL std::string normal_path(const std::filesystem::path& where) {
  std::string whole = ("/" / where).lexically_normal().relative_path().string();
  while (whole.ends_with('/')) whole.pop_back();
  return whole;
}

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// The disk, which open directories and files share.
struct simulated_environment::world {
  std::shared_ptr<detail::simulated_disk> disk;
};

QUIPU_DECL simulated_environment::simulated_environment(std::uint64_t seed)
    : world_{std::make_shared<world>(world{std::make_shared<detail::simulated_disk>(seed)})} {
  world_->disk->history = "simulated_environment{" + std::to_string(seed) + "}";
}
QUIPU_DECL simulated_environment::simulated_environment(std::shared_ptr<world> found) noexcept
    : world_{std::move(found)} {}
QUIPU_DECL simulated_environment::~simulated_environment() = default;

QUIPU_DECL std::unique_ptr<environment_directory> simulated_environment::open_directory(
    const std::filesystem::path& where, bool create) {
  const std::lock_guard guard{world_->disk->mutex};
  auto seen = world_->disk->memory.open_directory(where, create);
  std::string normal = detail::normal_path(where);
  world_->disk->record_directory(normal);
  return std::make_unique<detail::simulated_directory>(world_->disk, std::move(normal), std::move(seen));
}

QUIPU_DECL std::int64_t simulated_environment::now_us() {
  const std::lock_guard guard{world_->disk->mutex};
  return world_->disk->now_us += 10;
}

QUIPU_DECL std::int64_t simulated_environment::steady_us() {
  const std::lock_guard guard{world_->disk->mutex};
  return world_->disk->now_us;
}

QUIPU_DECL void simulated_environment::random(std::byte* to, std::size_t count) {
  const std::lock_guard guard{world_->disk->mutex};
  std::generate_n(to, count, [this] { return static_cast<std::byte>(world_->disk->random.next()); });
}

QUIPU_DECL void simulated_environment::plan(simulated_fault fault) {
  const std::lock_guard guard{world_->disk->mutex};
  world_->disk->plan(std::move(fault));
}

QUIPU_DECL std::uint64_t simulated_environment::changes() const {
  const std::lock_guard guard{world_->disk->mutex};
  return world_->disk->changes();
}

QUIPU_DECL bool simulated_environment::is_stopped() const {
  const std::lock_guard guard{world_->disk->mutex};
  return world_->disk->is_stopped();
}

QUIPU_DECL std::shared_ptr<simulated_environment> simulated_environment::after_kill() const {
  const std::lock_guard guard{world_->disk->mutex};
  return std::shared_ptr<simulated_environment>{
      new simulated_environment{std::make_shared<world>(world{world_->disk->after_kill()})}};
}

QUIPU_DECL std::uint64_t simulated_environment::power_cut_states() const {
  const std::lock_guard guard{world_->disk->mutex};
  detail::counting_choice counted;
  world_->disk->choose(counted);
  return counted.count();
}

QUIPU_DECL std::shared_ptr<simulated_environment> simulated_environment::after_power_cut(std::uint64_t state) const {
  if (state >= power_cut_states())
    throw error{errc::invalid_argument, "after_power_cut: there is no state " + std::to_string(state) + " of " +
                                            std::to_string(power_cut_states())};
  const std::lock_guard guard{world_->disk->mutex};
  detail::numbered_choice choice{state};
  auto found = world_->disk->after_power_cut(choice, state, "after_power_cut(" + std::to_string(state) + ")");
  return std::shared_ptr<simulated_environment>{
      new simulated_environment{std::make_shared<world>(world{std::move(found)})}};
}

QUIPU_DECL std::shared_ptr<simulated_environment> simulated_environment::after_power_cut_by_seed(
    std::uint64_t seed) const {
  const std::lock_guard guard{world_->disk->mutex};
  detail::simulated_random random{seed};
  detail::seeded_choice choice{random};
  auto found = world_->disk->after_power_cut(choice, seed, "after_power_cut_by_seed(" + std::to_string(seed) + ")");
  return std::shared_ptr<simulated_environment>{
      new simulated_environment{std::make_shared<world>(world{std::move(found)})}};
}

QUIPU_DECL std::string simulated_environment::history() const {
  const std::lock_guard guard{world_->disk->mutex};
  return world_->disk->whole_history();
}

QUIPU_DECL std::vector<std::string> simulated_environment::files() const {
  const std::lock_guard guard{world_->disk->mutex};
  std::vector<std::string> all;
  for (const auto& [path, what] : world_->disk->names()) all.push_back(path);
  return all;
}

QUIPU_DECL bytes simulated_environment::content(const std::string& path) const {
  const std::lock_guard guard{world_->disk->mutex};
  const auto found = world_->disk->names().find(detail::normal_path(path));
  if (found == world_->disk->names().end()) throw error{errc::not_found, "there is no such file", {.path = path}};
  return found->second->content();
}

QUIPU_DECL void simulated_environment::put(const std::string& path, bytes_view content) {
  const std::lock_guard guard{world_->disk->mutex};
  world_->disk->put_stable(detail::normal_path(path), content.copy());
}

QUIPU_DECL void simulated_environment::erase(const std::string& path) {
  const std::lock_guard guard{world_->disk->mutex};
  world_->disk->erase_stable(detail::normal_path(path));
}

}  // namespace quipu::inline QUIPU_MODE
