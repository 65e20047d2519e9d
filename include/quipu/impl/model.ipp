// SPDX-License-Identifier: BSL-1.0
//
// model.ipp: the definitions of what model.hpp declares. tools/check_layers.py --write writes the list.
#pragma once

#include "core/byte_io.ipp"
#include "core/bytes.ipp"
#include "core/detail/failure_text.ipp"
#include "core/detail/keyed_hash.ipp"
#include "core/detail/process_mark.ipp"
#include "core/detail/steady_time.ipp"
#include "core/error.ipp"
#include "core/event_kind.ipp"

#include "hash/crc32c.ipp"
#include "hash/detail/blake3_chunks.ipp"
#include "hash/detail/blake3_dispatch.ipp"
#include "hash/detail/blake3_many.ipp"
#include "hash/detail/cpu.ipp"

#include "coordinate/coordinate.ipp"
#include "coordinate/region.ipp"

#include "codec/codec.ipp"
#include "codec/detail/boost_load.ipp"
#include "codec/detail/boost_save.ipp"
#include "codec/detail/encode.ipp"
#include "codec/detail/record_operations.ipp"
#include "codec/detail/schema_parse.ipp"
#include "codec/schema_json.ipp"

#include "event/detail/hash_batch.ipp"
#include "event/detail/shape_list.ipp"
#include "event/erased_event.ipp"
#include "event/event_id.ipp"
#include "event/event_tags.ipp"
#include "event/event_view.ipp"
#include "event/frame.ipp"
#include "event/metadata.ipp"
#include "event/upcast.ipp"

#include "outcome/error_kind.ipp"
#include "outcome/outcome.ipp"
#include "outcome/outcome_error.ipp"
#include "outcome/text.ipp"

#include "guard/denial.ipp"
#include "guard/dynamic_gate_set.ipp"

#include "projection/folder.ipp"
#include "projection/given.ipp"
