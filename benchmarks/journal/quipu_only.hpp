// SPDX-License-Identifier: BSL-1.0
//
// quipu_only.hpp: what only quipu does, so that there is nobody to compare with.
#pragma once

#include "workload.hpp"

#include <string>

namespace journal_bench {

/// Checking the chain, one state an entity on one and on all processors, decoding as types, opening read-only.
void measure_reading_of_quipu(const std::string& directory, const workload& stored);
/// Puts the state of every entity into a file cache.
void fill_file_cache(const std::string& directory, const std::string& cache, const workload& stored);
/// In a process that has projected nothing yet: states that are in the file cache, in memory, and behind by one event.
void measure_projecting(const std::string& directory, const std::string& cache, const workload& stored);
/// Durable batches of 64 beside a flush of as many bytes.
void measure_durable_batches(const std::string& directory, std::size_t rounds);

}  // namespace journal_bench
