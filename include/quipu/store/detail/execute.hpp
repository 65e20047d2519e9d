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

/// The number of an entity's events, dropped ones included. Sets `found` to the state after them, if any was kept.
template <class State, class Store, class CountOf>
std::uint64_t find_stream(Store& store, const CountOf& count_of, std::string_view entity,
                          std::optional<projected<State>>& found) {
  found = store.template project_if_changed<State>(entity, 0);
  if (found) return found->count;
  // The count comes before the state that it goes with: an event that is appended in between ends in a conflict.
  const std::uint64_t count = count_of(entity);
  if (count != 0) found = store.template project_if_changed<State>(entity, 0);
  return found ? found->count : count;
}

/// One attempt. Throws what projecting, deciding and appending throw: a `conflict_error` from the append alone.
template <class State, class Store, class CountOf, class Command>
receipts_outcome execute_once(Store& store, const CountOf& count_of, const coordinate& where, const Command& command,
                              const execute_options& options) {
  using result = receipts_outcome;
  std::optional<projected<State>> found;
  const std::uint64_t count = find_stream<State>(store, count_of, where.entity(), found);
  const std::optional<State> blank = found ? std::nullopt : std::optional<State>{std::in_place};
  const auto decided = call_decide(found ? found->state : *blank, command);
  if (const auto* const refusal = find_refusal(decided))
    return without_value<result>(std::remove_cvref_t<decltype(decided)>{*refusal});

  append_options each{.correlation_id = options.correlation_id,
                      .causation_id = options.causation_id,
                      .flags = options.flags,
                      .durability = options.durability};
  each.expected = count == 0 ? expected_version::no_stream() : expected_version::exactly(count - 1);
  batch events;
  visit_decided<typename State::events>(decided, [&](const auto& event) {
    events.add(where, event, each);
    each.expected = expected_version::any();  // the first stands for all: they are appended together
  });
  return result::ok(store.append(events));
}

/// `store::execute`. Only a conflict of the append is tried again: one that `apply` or `decide` throws would come
/// again. `count_of(entity)` is the number of the entity's events, dropped ones included.
template <class State, class Store, class CountOf, class Command>
receipts_outcome execute(Store& store, const CountOf& count_of, const coordinate& where, const Command& command,
                         const execute_options& options) {
  if (options.max_attempts == 0) return outcome_error{error_kind::validation, "execute: max_attempts is at least 1"};
  for (std::uint32_t attempt = 1;; ++attempt) {
    try {
      return execute_once<State>(store, count_of, where, command, options);
    } catch (const conflict_error& conflict) {
      if (attempt >= options.max_attempts) return from_error(conflict);
    } catch (const error& failure) {
      return from_error(failure);
    }
  }
}

}  // namespace quipu::detail::inline QUIPU_MODE
