// SPDX-License-Identifier: BSL-1.0
//
// execute.hpp: a command against a store: project, decide, append what was decided if nothing got in between, or do it
// all again.
#pragma once

#include "../../coordinate/coordinate.hpp"
#include "../../coordinate/region.hpp"
#include "../../journal/append_condition.hpp"
#include "../../journal/append_options.hpp"
#include "../../journal/conflict_error.hpp"
#include "../../macros.hpp"
#include "../../outcome/combine.hpp"
#include "../../outcome/outcome.hpp"
#include "../../outcome/outcome_error.hpp"
#include "../../projection/caching.hpp"
#include "../../projection/decider.hpp"
#include "../../projection/projection.hpp"
#include "../batch.hpp"
#include "../execute_options.hpp"
#include "../receipts.hpp"
#include "projector.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu::detail::inline QUIPU_MODE {

using receipts_outcome = outcome<std::vector<receipt>>;

/// The options of the decided events, without what the first of them expects.
[[nodiscard]] inline append_options options_of_decided(const execute_options& options) {
  return {.correlation_id = options.correlation_id,
          .causation_id = options.causation_id,
          .flags = options.flags,
          .durability = options.durability};
}

/// Calls `decide` and appends what it decided as one commit. `first` are the options of the first event, whose
/// expectation stands for all. Throws what deciding and appending throw: a `conflict_error` from the append alone.
template <class State, class Store, class Command>
receipts_outcome decide_and_append(Store& store, const State& state, const coordinate& where, const Command& command,
                                   append_options first) {
  const auto decided = call_decide(state, command);
  if (const auto* const refusal = find_refusal(decided))
    return without_value<receipts_outcome>(std::remove_cvref_t<decltype(decided)>{*refusal});
  batch events;
  visit_decided<typename State::events>(decided, [&](const auto& event) {
    events.add(where, event, first);
    first.expected = expected_version::any();
    first.condition.reset();
  });
  return receipts_outcome::ok(store.append(events));
}

/// Makes attempts until one ends in no conflict of its append: a conflict that `apply` or `decide` throws would come
/// again.
template <class Attempt>
receipts_outcome attempt_repeatedly(const execute_options& options, const Attempt& attempt) {
  if (options.max_attempts == 0) return outcome_error{error_kind::validation, "execute: max_attempts is at least 1"};
  for (std::uint32_t number = 1;; ++number) {
    try {
      return attempt();
    } catch (const conflict_error& conflict) {
      if (number >= options.max_attempts) return from_error(conflict);
    } catch (const error& failure) {
      return from_error(failure);
    }
  }
}

/// `store::execute` over an entity; a compile error that says why if the command can't be executed.
template <class State, class Store, class Command>
auto execute(Store& store, const coordinate& where, const Command& command, const execute_options& options) {
  using verdict = decide_problem<State, Command>;
  if constexpr (verdict::found) {
    return verdict::sentence::value;
  } else if constexpr (!projectable<State>) {
    return refuse_projecting<State>();
  } else {
    return attempt_repeatedly(options, [&] {
      const auto now = store.template project_with_version<State>(where.entity());
      append_options first = options_of_decided(options);
      first.expected = now.version();
      return decide_and_append(store, now.state, where, command, std::move(first));
    });
  }
}

/// `store::execute` over a region. `fold(state, type)` folds `wanted` and returns the number of events in the log by
/// then. The decision depends on what of the region the projection folds.
template <class State, class Store, class Fold, class Command>
auto execute_over(Store& store, const Fold& fold, const region& wanted, const coordinate& where, const Command& command,
                  const execute_options& options) {
  using verdict = decide_problem<State, Command>;
  if constexpr (verdict::found) {
    return verdict::sentence::value;
  } else if constexpr (!projection<State>) {
    return refuse_projecting<State>();
  } else {
    constexpr const state_operations& type = uncached_state_type<State>;
    return attempt_repeatedly(options, [&, folded = folded_part(type, wanted)] {
      State state{};
      const std::uint64_t end = fold(&state, type);
      append_options first = options_of_decided(options);
      first.condition = end == 0 ? none_ever(folded) : none_since(folded, end - 1);
      return decide_and_append(store, std::as_const(state), where, command, std::move(first));
    });
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
