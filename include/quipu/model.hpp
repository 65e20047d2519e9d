// SPDX-License-Identifier: BSL-1.0
//
// model.hpp: events, outcomes, gates, typestates and projections; everything that needs no store, no I/O and no
// threads.
//
// A file that declares events and projections, folds them or tests them includes this header instead of quipu.hpp,
// which takes longer to compile. macros.hpp describes the two ways to build a program.
//
// There is no include guard: a program may define QUIPU_IMPLEMENTATION between two includes, and then the second one
// includes the definitions.
// clang-format off
#include "language.hpp"
#include "macros.hpp"
#include "version.hpp"

#include "core/bytes.hpp"
#include "core/byte_io.hpp"
#include "core/error.hpp"
#include "core/event_kind.hpp"

#include "hash/digest.hpp"
#include "hash/blake3.hpp"

#include "coordinate/clock_guard.hpp"
#include "coordinate/coordinate.hpp"
#include "coordinate/dag_position.hpp"
#include "coordinate/hybrid_clock.hpp"
#include "coordinate/region.hpp"

#include "codec/schema.hpp"
#include "codec/boost_serialization.hpp"
#include "codec/enumerators.hpp"
#include "codec/schema_text.hpp"
#include "codec/fingerprint.hpp"
#include "codec/codec.hpp"
#include "codec/schema_json.hpp"

#include "event/event_id.hpp"
#include "event/entity_id.hpp"
#include "event/event_header.hpp"
#include "event/erased_event.hpp"
#include "event/event_list.hpp"
#include "event/event_name.hpp"
#include "event/event_tags.hpp"
#include "event/upcast.hpp"
#include "event/metadata.hpp"
#include "event/event_view.hpp"

#include "outcome/text.hpp"
#include "outcome/compensation_action.hpp"
#include "outcome/error_kind.hpp"
#include "outcome/outcome_error.hpp"
#include "outcome/wait_condition.hpp"
#include "outcome/outcome.hpp"
#include "outcome/combine.hpp"
#include "outcome/outcome_codec.hpp"

#include "guard/denial.hpp"
#include "guard/permit.hpp"
#include "guard/bypass.hpp"
#include "guard/gate.hpp"
#include "guard/gate_set.hpp"
#include "guard/dynamic_gate_set.hpp"
#include "guard/pipeline.hpp"

#include "typestate/state_machine.hpp"
#include "typestate/diagram.hpp"
#include "typestate/typestate.hpp"
#include "typestate/machine_projection.hpp"

#include "projection/as_of.hpp"
#include "projection/problems.hpp"
#include "projection/projection.hpp"
#include "projection/cache_key.hpp"
#include "projection/caching.hpp"
#include "projection/fold.hpp"
#include "projection/catalogue.hpp"
#include "projection/decider.hpp"
#include "projection/freshness.hpp"
#include "projection/given.hpp"

#if defined(QUIPU_HEADER_ONLY) && (defined(QUIPU_COMPILED) || defined(QUIPU_IMPLEMENTATION))
#error "QUIPU_COMPILED must be defined before the first quipu header, in every file of the program"
#endif
#if defined(QUIPU_HEADER_ONLY) || defined(QUIPU_IMPLEMENTATION)
#include "impl/model.ipp"
#endif
