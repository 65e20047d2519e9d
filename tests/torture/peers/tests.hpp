// SPDX-License-Identifier: BSL-1.0
//
// tests.hpp: what is done to the peers, one test of one kind at a time, all peers taking turns.
#pragma once

#include "../part.hpp"
#include "judge.hpp"

#include <string>
#include <vector>

namespace torture {

enum class damage : unsigned char { flipped_bit, cut_file };
/// How the writer of a store that is damaged ended.
enum class ending_of_writer : unsigned char { closed, killed };

/// `options::only` is the test's name. Each returns one tally for each peer, in their order; or none where it can't run
/// here. Problems of quipu go to the report.
[[nodiscard]] std::vector<tally> damage_files(const std::vector<peer>& of, damage how, ending_of_writer before,
                                              const options& given, report& to);
[[nodiscard]] std::vector<tally> kill_writers(const std::vector<peer>& of, const options& given, report& to);
[[nodiscard]] std::vector<tally> cut_power(const std::vector<peer>& of, const std::string& file_system,
                                           const options& given, report& to);

/// Counts a verdict, and reports it as a problem if it is one of quipu's.
inline void count(tally& of, const verdict& found, bool errors_are_right, const options& given, report& to) {
  of.add(found.how);
  to.add("cases");
  const bool is_right = found.how == outcome::unharmed || (errors_are_right && found.how == outcome::reported);
  if (of.name == "quipu" && !is_right)
    to.problem(name_of(found.how) + ": " + found.reason,
               "--only " + given.only + " --seed " + std::to_string(given.seed));
}

}  // namespace torture
