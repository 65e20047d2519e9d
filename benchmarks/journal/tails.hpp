// SPDX-License-Identifier: BSL-1.0
//
// tails.hpp: how long single appends take while others work on the same store.
#pragma once

#include <string>

namespace journal_bench {

/// Appends one event at a time, buffered (until readers see it) and then durable, each for so many seconds, while
/// another process replays the whole store again and again and a thread does what maintenance the store has. Buffered
/// appends take turns with a bare write of 128 bytes, durable ones with a bare write and fdatasync. Reports medians,
/// high quantiles and the longest.
void measure_tails(const std::string& name, const std::string& folder, double seconds);

/// The reader: opens the store and replays it, again and again, until it is killed.
[[noreturn]] void replay_forever(const std::string& name, const std::string& folder);

}  // namespace journal_bench
