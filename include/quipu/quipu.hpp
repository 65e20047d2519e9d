// SPDX-License-Identifier: BSL-1.0
//
// quipu.hpp: the whole library. quipu is an embedded event store: an append-only, hash-chained log on disk, events and
// projections whose types are checked at compile time, and a cache of projected states. Start at `quipu::store`.
//
// Needs C++20, threads and the headers of Boost. The layers come in order; each uses only the layers before it.
// model.hpp has the layers without I/O. macros.hpp describes the two ways to build a program.
//
// There is no include guard: a program may define QUIPU_IMPLEMENTATION between two includes, and then the second one
// includes the definitions.
// clang-format off
#include "model.hpp"

#include "environment/environment.hpp"
#include "environment/forwarding.hpp"
#include "environment/memory_environment.hpp"
#include "environment/posix_environment.hpp"
#include "environment/simulated_environment.hpp"

#include "journal/append_condition.hpp"
#include "journal/append_options.hpp"
#include "journal/config.hpp"
#include "journal/read/reversed_range.hpp"
#include "journal/read/event_range.hpp"
#include "journal/conflict_error.hpp"
#include "journal/maintain/compaction.hpp"
#include "journal/reports.hpp"
#include "journal/observer.hpp"

#include "cache/projection_cache.hpp"
#include "cache/file_cache.hpp"
#include "cache/memory_cache.hpp"
#include "cache/no_cache.hpp"
#include "cache/tiered_cache.hpp"

#include "delivery/cursor_position.hpp"
#include "delivery/unknown_kinds.hpp"
#include "delivery/cursor.hpp"
#include "delivery/cursor_info.hpp"
#include "delivery/read_model.hpp"
#include "delivery/keyed_read_model.hpp"
#include "delivery/named_cursor.hpp"
#include "delivery/parked_event.hpp"
#include "delivery/stages.hpp"
#include "delivery/subscription.hpp"
#include "delivery/watcher.hpp"
#include "delivery/worker.hpp"
#include "delivery/worker_policy.hpp"

#include "store/batch.hpp"
#include "store/causal_graph.hpp"
#include "store/emitter.hpp"
#include "store/execute_options.hpp"
#include "store/receipts.hpp"
#include "store/import_events.hpp"
#include "store/ticket.hpp"
#include "store/outbox.hpp"
#include "store/store_reader.hpp"
#include "store/store_consumers.hpp"
#include "store/visibility_fence.hpp"
#include "store/store.hpp"
#include "store/in_memory_store.hpp"
#include "store/read_only_store.hpp"
#include "store/replica_log.hpp"

#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "impl/engine.ipp"
#endif
