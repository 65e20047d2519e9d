// SPDX-License-Identifier: BSL-1.0
//
// replication_options.hpp: how a `replicated_store` uses its shared log.
#pragma once

#include <quipu.hpp>

#include <chrono>
#include <cstddef>

namespace quipu::inline QUIPU_MODE {

struct replication_options {
  /// How long an append, a `sync()` or an opening goes on trying while the shared log cannot be reached. At least 1 ms.
  std::chrono::milliseconds unavailable_after{5'000};
  /// A record of the shared log gets no further append when it has this size. At least 1. Engines have limits:
  /// JetStream's default is 1 MiB. An append that is larger by itself gets a record of its own.
  std::size_t record_bytes{std::size_t{256} << 10};
  /// Whether a store whose events came from another shared log founds an empty one: to go on after that one was lost,
  /// or to move to another engine. Copies of the store then start with the new log, too. Not to be left on: an engine
  /// that has lost everything looks like a new one.
  bool found_again{false};
  /// How many records are read and applied at once; they share a flush. At least 1.
  std::size_t read_records{256};
  /// How long a read of the shared log waits for a record; closing the store takes as long. At least 1 ms.
  std::chrono::milliseconds read_wait{100};
};

}  // namespace quipu::inline QUIPU_MODE
