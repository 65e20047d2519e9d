// SPDX-License-Identifier: BSL-1.0
//
// fingerprint_claims.ipp: see cache/detail/fingerprint_claims.hpp.
#pragma once

#include "../../../cache/detail/fingerprint_claims.hpp"
#include "../../../core/error.hpp"
#include "../../../event/event_id.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>

#include <boost/core/demangle.hpp>

namespace quipu::detail::inline QUIPU_MODE {

/// The type is kept by its name and its address, because a library that was unloaded takes its `type_info` along.
struct fingerprint_claims::record {
  event_id lineage;  ///< nil for all logs
  std::uint64_t fingerprint{};
  std::string mangled_name;
  const void* address{};
  record* next{};

  [[nodiscard]] bool overlaps(const event_id& log) const noexcept {
    return lineage == log || lineage.is_nil() || log.is_nil();
  }

  /// A type that several libraries have is one type with several addresses. Names of types that only one file sees are
  /// not unique, also where `type_info` says so; they are the mangled names with an unnamed namespace or with `L` and
  /// the size of the name of a static function.
  [[nodiscard]] bool is_of(const std::type_info& type) const noexcept {
    if (address == &type) return true;
    return mangled_name == type.name() && !has_internal_linkage();
  }
  [[nodiscard]] bool has_internal_linkage() const noexcept {
    if (mangled_name.find("_GLOBAL__N_") != std::string::npos) return true;
    for (std::size_t at = mangled_name.find('L'); at != std::string::npos; at = mangled_name.find('L', at + 1))
      if (mangled_name[at + 1] >= '0' && mangled_name[at + 1] <= '9') return true;
    return false;
  }
};

QUIPU_DECL fingerprint_claims::~fingerprint_claims() {
  for (record* each = newest_.load(); each != nullptr;) {
    const std::unique_ptr<record> ended{each};
    each = ended->next;
  }
}

QUIPU_DECL fingerprint_claims& fingerprint_claims::of_this_process() {
  static fingerprint_claims& claims = *new fingerprint_claims;
  return claims;
}

QUIPU_DECL void fingerprint_claims::claim(const event_id& lineage, const projection_identity& by) {
  const event_id log = count_.load() < logs_max ? lineage : event_id::nil();
  std::unique_ptr<record> made;
  record* newest = newest_.load();
  while (!is_recorded(newest, log, by)) {
    if (!made) made = std::make_unique<record>(record{log, by.fingerprint, by.type->name(), by.type, nullptr});
    made->next = newest;
    if (newest_.compare_exchange_weak(newest, made.get())) {
      static_cast<void>(made.release());
      ++count_;
      return;
    }
  }
}

QUIPU_DECL bool fingerprint_claims::is_recorded(const record* newest, const event_id& lineage,
                                                const projection_identity& by) {
  bool found = false;
  for (const record* each = newest; each != nullptr; each = each->next) {
    if (each->fingerprint != by.fingerprint || !each->overlaps(lineage)) continue;
    if (!each->is_of(*by.type))
      throw error{errc::invalid_argument, "the projections " + boost::core::demangle(each->mangled_name.c_str()) +
                                              " and " + boost::core::demangle(by.type->name()) +
                                              " are different types with one name, one shape and the same events, so "
                                              "each would be given the cached states of the other: give one of them a "
                                              "`static constexpr std::string_view name` of its own"};
    found = true;
  }
  return found;
}

}  // namespace quipu::detail::inline QUIPU_MODE
