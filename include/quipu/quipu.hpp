// SPDX-License-Identifier: BSL-1.0
//
// quipu.hpp: everything. quipu is an embedded event store: an append-only, hash-chained log on disk, events and projections whose
// types are checked at compile time, and a cache of projected states. Start at `quipu::store`.
//
// Needs C++20 and the platform's threads; Boost's headers where a program's own types use them. The layers come in order, each built on
// those before it; any header can also be included by itself. The list is kept by tools/check_layers.py.
#pragma once

#include "version.hpp"

#include "core/bytes.hpp"
#include "core/digest.hpp"
#include "core/byte_io.hpp"
#include "core/blake3.hpp"
#include "core/callback.hpp"
#include "core/crc32c.hpp"
#include "core/error.hpp"
#include "core/event_kind.hpp"
#include "core/path.hpp"
#include "core/xxhash64.hpp"

#include "coordinate/coordinate.hpp"
#include "coordinate/dag_position.hpp"
#include "coordinate/hybrid_clock.hpp"
#include "coordinate/region.hpp"

#include "event/reflect.hpp"
#include "event/schema.hpp"
#include "event/boost_serialization.hpp"
#include "event/schema_text.hpp"
#include "event/fingerprint.hpp"
#include "event/codec.hpp"
#include "event/event_id.hpp"
#include "event/entity_id.hpp"
#include "event/event_header.hpp"
#include "event/frame.hpp"
#include "event/erased_event.hpp"
#include "event/event_list.hpp"
#include "event/upcast.hpp"
#include "event/schema_json.hpp"
#include "event/event_view.hpp"

#include "outcome/text.hpp"
#include "outcome/compensation_action.hpp"
#include "outcome/error_kind.hpp"
#include "outcome/outcome_error.hpp"
#include "outcome/wait_condition.hpp"
#include "outcome/outcome.hpp"
#include "outcome/combine.hpp"

#include "guard/denial.hpp"
#include "guard/gate.hpp"
#include "guard/permit.hpp"
#include "guard/gate_set.hpp"

#include "pipeline/bypass.hpp"
#include "pipeline/pipeline.hpp"

#include "typestate/state_machine.hpp"
#include "typestate/diagram.hpp"
#include "typestate/typestate.hpp"
#include "typestate/machine_projection.hpp"

#include "projection/as_of.hpp"
#include "projection/problems.hpp"
#include "projection/projection.hpp"
#include "projection/fingerprint.hpp"
#include "projection/cache_key.hpp"
#include "projection/folder.hpp"
#include "projection/fold.hpp"
#include "projection/catalogue.hpp"
#include "projection/decider.hpp"
#include "projection/freshness.hpp"
#include "projection/given.hpp"

#include "environment/environment.hpp"
#include "environment/memory.hpp"
#include "environment/posix.hpp"

#include "journal/append_options.hpp"
#include "journal/compaction.hpp"
#include "journal/event_range.hpp"
#include "journal/conflict_error.hpp"
#include "journal/journal_options.hpp"
#include "journal/follower.hpp"
#include "journal/journal.hpp"

#include "cache/projection_cache.hpp"
#include "cache/file_cache.hpp"
#include "cache/memory_cache.hpp"
#include "cache/no_cache.hpp"
#include "cache/tiered_cache.hpp"

#include "delivery/cursor_position.hpp"
#include "delivery/cursor.hpp"
#include "delivery/cursor_info.hpp"
#include "delivery/named_cursor.hpp"
#include "delivery/stages.hpp"
#include "delivery/subscription.hpp"
#include "delivery/watcher.hpp"

#include "store/batch.hpp"
#include "store/causal_graph.hpp"
#include "store/config.hpp"
#include "store/delivering.hpp"
#include "store/execute_options.hpp"
#include "store/receipts.hpp"
#include "store/reading.hpp"
#include "store/store.hpp"
#include "store/in_memory_store.hpp"
#include "store/read_only_store.hpp"
