// SPDX-License-Identifier: BSL-1.0
//
// coordinate.hpp: the coordinate of an event: its entity and its scope, whom it is about and where it happened. The
// entity identifies the stream. The scope selects events: one entity may have events in several scopes.
#pragma once

#include "../core/error.hpp"

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace quipu {

/// An entity and a scope, each of 1 to 1,024 bytes without a NUL. The constructor throws `errc::invalid_coordinate` for
/// others. A value.
class coordinate {
 public:
  static constexpr std::size_t max_part_bytes = 1024;

  /// An empty one, to be assigned to: no event can have it, and it has no encoding. A moved-from one is empty, too.
  coordinate() noexcept = default;
  coordinate(std::string entity, std::string scope);

  /// Whether a text can be an entity or a scope.
  [[nodiscard]] static constexpr bool is_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= max_part_bytes && text.find('\0') == std::string_view::npos;
  }
  [[nodiscard]] bool is_empty() const noexcept { return entity_.empty() || scope_.empty(); }

  [[nodiscard]] const std::string& entity() const noexcept { return entity_; }
  [[nodiscard]] const std::string& scope() const noexcept { return scope_; }
  /// Returns `entity@scope`.
  [[nodiscard]] std::string str() const { return entity_ + '@' + scope_; }

  friend auto operator<=>(const coordinate&, const coordinate&) = default;

  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const coordinate& where) {
    return out << where.entity_ << '@' << where.scope_;
  }

 private:
  static void check(const char* part, std::string_view text);

  std::string entity_;
  std::string scope_;
};

}  // namespace quipu
