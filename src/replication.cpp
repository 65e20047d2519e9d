// SPDX-License-Identifier: BSL-1.0
//
// replication.cpp: compiles the layer replication once, beside the engine, for programs whose files are all built with
// QUIPU_COMPILED.
#ifndef QUIPU_COMPILED
#define QUIPU_COMPILED
#endif
#include <quipu/impl/replication/detail/record.ipp>
#include <quipu/impl/replication/detail/record_applier.ipp>
#include <quipu/impl/replication/detail/record_proposer.ipp>
#include <quipu/impl/replication/detail/replica.ipp>
#include <quipu/impl/replication/memory_shared_log.ipp>
#include <quipu/impl/replication/replicated_store.ipp>
