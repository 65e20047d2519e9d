// SPDX-License-Identifier: BSL-1.0
//
// refused_arguments.hpp: arguments that are a first guess and not right, so that they give one compile error that says
// what to write.
#pragma once

#include "../../journal/config.hpp"
#include "../../macros.hpp"

#include <concepts>
#include <exception>
#include <filesystem>
#include <string_view>

namespace quipu::inline QUIPU_MODE {

/// Not defined: their names are the compiler's error messages.
template <class Given>
struct a_store_is_opened_with_a_config_write_store_config_directory;
template <class Given>
struct an_event_is_appended_at_a_coordinate_write_entity_and_scope_in_braces;

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

/// What could be meant as a store's directory.
template <class Given>
concept names_a_directory = std::convertible_to<const Given&, std::filesystem::path>;
/// What could be meant as an entity, without a scope.
template <class Given>
concept names_an_entity = std::convertible_to<const Given&, std::string_view>;
/// What `{"account:alice"}` is taken for, from which no type can be deduced. Is never made.
struct name_in_braces {
  template <std::convertible_to<std::string_view> Name>
  name_in_braces(const Name&);
  operator std::string_view() const;
};

template <class Given>
config refuse_directory() {
  static_cast<void>(sizeof(a_store_is_opened_with_a_config_write_store_config_directory<Given>));
  return {};
}
template <class Given>
[[noreturn]] void refuse_entity() {
  static_cast<void>(sizeof(an_event_is_appended_at_a_coordinate_write_entity_and_scope_in_braces<Given>));
  std::terminate();  // never compiled
}

}  // namespace quipu::detail::inline QUIPU_MODE
