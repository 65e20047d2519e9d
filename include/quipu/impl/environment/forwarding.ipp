// SPDX-License-Identifier: BSL-1.0
//
// forwarding.ipp: see environment/forwarding.hpp.
#pragma once

#include "../../environment/environment.hpp"
#include "../../environment/forwarding.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL std::size_t forwarding_file::read_at(std::byte* to, std::size_t count, std::uint64_t offset) const {
  return target_->read_at(to, count, offset);
}

QUIPU_DECL std::unique_ptr<environment_file> forwarding_directory::open_file(const std::string& name,
                                                                             open_mode mode) const {
  return target_->open_file(name, mode);
}

QUIPU_DECL bool forwarding_directory::link_from(const environment_directory& source, const std::string& name) {
  const auto* const wrapped = dynamic_cast<const forwarding_directory*>(&source);
  return target_->link_from(wrapped != nullptr ? wrapped->target() : source, name);
}

QUIPU_DECL std::unique_ptr<environment_directory> forwarding_environment::open_directory(
    const std::filesystem::path& where, bool create) {
  return target_->open_directory(where, create);
}

}  // namespace quipu::inline QUIPU_MODE
