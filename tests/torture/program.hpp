// SPDX-License-Identifier: BSL-1.0
//
// program.hpp: what the programs do that are killed, cut off from power, or given errors.
#pragma once

#include "oracle.hpp"

#include <cstdint>
#include <string_view>

namespace torture {

/// A writer and its consumers on the real disk, who say what they do.
struct program {
  program(const quipu::config& settings, const mouth& speaks, const oracle& known, std::uint64_t first_number)
      : with{nullptr, settings} {
    known.brief(with, cursor, worker, first_number);
    speaks.speak_for(with, cursor, worker);
  }

  writer with;
  consumed cursor{};
  consumed worker{};
};

/// Random work without an end.
void work_endlessly(program& on, std::uint64_t seed);

/// A bit of everything, once: a new store or one that was not closed is opened, appended to in every way, rotated,
/// compacted, closed, opened again and closed.
void work_by_script(program& on);
/// As above; an error of the store or of memory ends the work.
void work_by_script_to_an_error(program& on);

/// Some work, after which the process ends without closing the store.
[[noreturn]] void work_and_leave(program& on);

}  // namespace torture
