// SPDX-License-Identifier: BSL-1.0
//
// fingerprint_claims.hpp: which type's states are cached and saved under which fingerprint. A fingerprint has the name
// of its projection, and names of unnamed namespaces and of local types are not unique in a program. Two such types
// would be given each other's states, so the second one is refused.
#pragma once

#include "../../event/event_id.hpp"
#include "../../macros.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <typeinfo>

namespace quipu::detail::inline QUIPU_MODE {

/// The type of a projection, and the fingerprint that its states are cached and saved under.
struct projection_identity {
  std::uint64_t fingerprint{};
  const std::type_info* type{};
};

/// Records the types that use fingerprints, for each log: stores of different logs never use each other's states.
/// Thread-safe. Takes no lock, which a forked child could find held for ever.
class fingerprint_claims {
 public:
  /// Records of logs that are kept. Beyond them, the types of all further logs are compared as if they were of one.
  static constexpr std::size_t logs_max = 4096;

  fingerprint_claims() = default;
  fingerprint_claims(const fingerprint_claims&) = delete;
  fingerprint_claims& operator=(const fingerprint_claims&) = delete;
  ~fingerprint_claims();

  /// The records of this process. Never destroyed, because threads may run until the very end.
  [[nodiscard]] static fingerprint_claims& of_this_process();

  /// Records that a type's states of a log are cached or saved under its fingerprint. Throws `errc::invalid_argument`,
  /// with the names of both types, if another type has claimed the fingerprint for this log.
  void claim(const event_id& lineage, const projection_identity& by);

 private:
  struct record;

  [[nodiscard]] static bool is_recorded(const record* newest, const event_id& lineage, const projection_identity& by);

  std::atomic<record*> newest_{};  // a list; records are added at its head and never removed
  std::atomic<std::size_t> count_{};
};

}  // namespace quipu::detail::inline QUIPU_MODE
