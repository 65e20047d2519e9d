// SPDX-License-Identifier: BSL-1.0
//
// hooked_environment.hpp: a world in memory that calls a function before it flushes or renames a file, and before it
// gives a lock back. The function may look at the store, wait, or throw.
#pragma once

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/environment/forwarding.hpp>
#include <quipu/environment/memory_environment.hpp>
#endif

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace test_settings {

enum class disk_step : unsigned char { flush, rename, unlock };

/// Called with the step and the file: its path for a flush, its new name for a rename. Set while nothing runs.
using disk_hook = std::shared_ptr<std::function<void(disk_step, std::string_view)>>;

class hooked_file final : public quipu::forwarding_file {
 public:
  hooked_file(std::unique_ptr<quipu::environment_file> target, disk_hook hook)
      : forwarding_file{std::move(target)}, hook_{std::move(hook)} {}
  void sync() override {
    if (*hook_) (*hook_)(disk_step::flush, path());
    forwarding_file::sync();
  }

 private:
  disk_hook hook_;
};

class hooked_lock final : public quipu::environment_lock {
 public:
  hooked_lock(std::unique_ptr<quipu::environment_lock> target, disk_hook hook)
      : target_{std::move(target)}, hook_{std::move(hook)} {}
  ~hooked_lock() override {
    if (*hook_) (*hook_)(disk_step::unlock, {});
  }
  [[nodiscard]] bool held() const noexcept override { return target_->held(); }

 private:
  std::unique_ptr<quipu::environment_lock> target_;
  disk_hook hook_;
};

class hooked_directory final : public quipu::forwarding_directory {
 public:
  hooked_directory(std::unique_ptr<quipu::environment_directory> target, disk_hook hook)
      : forwarding_directory{std::move(target)}, hook_{std::move(hook)} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_file> open_file(const std::string& name,
                                                                   quipu::open_mode mode) const override {
    return std::make_unique<hooked_file>(forwarding_directory::open_file(name, mode), hook_);
  }
  void rename(const std::string& from, const std::string& to) override {
    if (*hook_) (*hook_)(disk_step::rename, to);
    forwarding_directory::rename(from, to);
  }
  [[nodiscard]] std::unique_ptr<quipu::environment_lock> lock(const std::string& name) override {
    return std::make_unique<hooked_lock>(forwarding_directory::lock(name), hook_);
  }

 private:
  disk_hook hook_;
};

class hooked_environment final : public quipu::forwarding_environment {
 public:
  explicit hooked_environment(disk_hook hook)
      : forwarding_environment{std::make_shared<quipu::memory_environment>()}, hook_{std::move(hook)} {}
  [[nodiscard]] std::unique_ptr<quipu::environment_directory> open_directory(const std::filesystem::path& where,
                                                                             bool create) override {
    return std::make_unique<hooked_directory>(forwarding_environment::open_directory(where, create), hook_);
  }

 private:
  disk_hook hook_;
};

}  // namespace test_settings
