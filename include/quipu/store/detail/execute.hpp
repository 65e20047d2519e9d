// SPDX-License-Identifier: BSL-1.0
//
// execute.hpp: a command against a store: project, decide, append what was decided if nothing got in between, or do it
// all again.
#pragma once

#include "../../coordinate/coordinate.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/conflict_error.hpp"
#include "../../macros.hpp"
#include "../../outcome/combine.hpp"
#include "../../outcome/outcome.hpp"
#include "../../outcome/outcome_error.hpp"
#include "../../projection/decider.hpp"
#include "../batch.hpp"
#include "../execute_options.hpp"
#include "../receipts.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

using receipts_outcome = outcome<std::vector<receipt>>;

/// One attempt. Throws what projecting, deciding and appending throw: a `conflict_error` from the append alone.
template <class State, class Store, class Command>
receipts_outcome execute_once(Store& store, const coordinate& where, const Command& command,
                              const execute_options& options) {
  using result = receipts_outcome;
  const auto now = store.template project_with_version<State>(where.entity());
  const auto decided = call_decide(now.state, command);
  if (const auto* const refusal = find_refusal(decided))
    return without_value<result>(std::remove_cvref_t<decltype(decided)>{*refusal});

  append_options each{.correlation_id = options.correlation_id,
                      .causation_id = options.causation_id,
                      .flags = options.flags,
                      .durability = options.durability};
  each.expected = now.version();
  batch events;
  visit_decided<typename State::events>(decided, [&](const auto& event) {
    events.add(where, event, each);
    each.expected = expected_version::any();  // the first stands for all: they are appended together
  });
  return result::ok(store.append(events));
}

/// `store::execute`. Only a conflict of the append is tried again: one that `apply` or `decide` throws would come
/// again.
template <class State, class Store, class Command>
receipts_outcome execute(Store& store, const coordinate& where, const Command& command,
                         const execute_options& options) {
  if (options.max_attempts == 0) return outcome_error{error_kind::validation, "execute: max_attempts is at least 1"};
  for (std::uint32_t attempt = 1;; ++attempt) {
    try {
      return execute_once<State>(store, where, command, options);
    } catch (const conflict_error& conflict) {
      if (attempt >= options.max_attempts) return from_error(conflict);
    } catch (const error& failure) {
      return from_error(failure);
    }
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
