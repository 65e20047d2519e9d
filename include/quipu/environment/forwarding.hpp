// SPDX-License-Identifier: BSL-1.0
//
// forwarding.hpp: base classes of environments that wrap another one and change part of it. Each member forwards; a
// derived class overrides the members that it changes. For tests and instrumentation.
#pragma once

#include "../macros.hpp"
#include "environment.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

/// Forwards to another file, which it owns.
class forwarding_file : public environment_file {
 public:
  explicit forwarding_file(std::unique_ptr<environment_file> target) noexcept : target_{std::move(target)} {}

  [[nodiscard]] std::uint64_t size() const override { return target_->size(); }
  [[nodiscard]] QUIPU_DECL std::size_t read_at(std::byte* to, std::size_t count, std::uint64_t offset) const override;
  void write_at(bytes_view data, std::uint64_t offset) override { target_->write_at(data, offset); }
  void reserve(std::uint64_t size) override { target_->reserve(size); }
  void truncate(std::uint64_t size) override { target_->truncate(size); }
  void require_whole(std::uint64_t size) const override { target_->require_whole(size); }
  void start_write_back(std::uint64_t offset, std::uint64_t count) noexcept override {
    target_->start_write_back(offset, count);
  }
  void sync() override { target_->sync(); }
  [[nodiscard]] file_mapping map(std::size_t count) const override { return target_->map(count); }
  [[nodiscard]] file_mapping map_complete(std::size_t count) const override { return target_->map_complete(count); }
  [[nodiscard]] std::string_view path() const noexcept override { return target_->path(); }

 protected:
  [[nodiscard]] environment_file& target() const noexcept { return *target_; }

 private:
  std::unique_ptr<environment_file> target_;
};

/// Forwards to another directory, which it owns.
class forwarding_directory : public environment_directory {
 public:
  explicit forwarding_directory(std::unique_ptr<environment_directory> target) noexcept : target_{std::move(target)} {}

  [[nodiscard]] QUIPU_DECL std::unique_ptr<environment_file> open_file(const std::string& name,
                                                                       open_mode mode) const override;
  [[nodiscard]] bool exists(const std::string& name) const override { return target_->exists(name); }
  void rename(const std::string& from, const std::string& to) override { target_->rename(from, to); }
  void remove(const std::string& name) override { target_->remove(name); }
  [[nodiscard]] std::vector<std::string> list() const override { return target_->list(); }
  void sync() override { target_->sync(); }
  [[nodiscard]] std::unique_ptr<environment_lock> lock(const std::string& name) override { return target_->lock(name); }
  /// Unwraps `source` if it is a forwarding directory.
  [[nodiscard]] QUIPU_DECL bool link_from(const environment_directory& source, const std::string& name) override;
  [[nodiscard]] std::string_view path() const noexcept override { return target_->path(); }

 protected:
  [[nodiscard]] environment_directory& target() const noexcept { return *target_; }

 private:
  std::unique_ptr<environment_directory> target_;
};

/// Forwards to another environment, which it shares. A class that has a clock of its own overrides `now_us` and
/// `steady_us`.
class forwarding_environment : public environment {
 public:
  explicit forwarding_environment(std::shared_ptr<environment> target) noexcept : target_{std::move(target)} {}

  [[nodiscard]] QUIPU_DECL std::unique_ptr<environment_directory> open_directory(const std::filesystem::path& where,
                                                                                 bool create) override;
  [[nodiscard]] std::int64_t now_us() override { return target_->now_us(); }
  [[nodiscard]] std::int64_t steady_us() override { return target_->steady_us(); }
  void random(std::byte* to, std::size_t count) override { target_->random(to, count); }

 protected:
  [[nodiscard]] environment& target() const noexcept { return *target_; }

 private:
  std::shared_ptr<environment> target_;
};

}  // namespace quipu::inline QUIPU_MODE
