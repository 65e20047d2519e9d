// SPDX-License-Identifier: BSL-1.0
//
// stages.hpp: receiving from a subscription, and composable stages on the way: filter, map, filter_map, take, scan.
// Stages are lazy: they run in the receiving thread, when a value is received.
//
//   auto large = store.subscribe_lossy(region::all().with_events<deposited>())
//                    .map([](const quipu::event_view& event) { return event.as<deposited>().cents; })
//                    .filter([](std::int64_t cents) { return cents > 1'000'00; });
//   while (const std::optional<std::int64_t> cents = large.recv()) ...
#pragma once

#include "../codec/schema.hpp"
#include "../macros.hpp"
#include "detail/wait_time.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace quipu::inline QUIPU_MODE {

template <class Upstream, class Step>
class stage;

}  // namespace quipu::inline QUIPU_MODE

namespace quipu::detail::inline QUIPU_MODE {

template <class Predicate>
struct filter_step {
  Predicate predicate;
  template <class Value>
  std::optional<Value> operator()(Value&& value) {
    constexpr bool takes_it = std::predicate<Predicate&, const Value&>;
    static_assert(takes_it, "filter(f): f must take what is received, and say true or false");
    std::optional<Value> kept;
    if constexpr (takes_it) {
      if (predicate(std::as_const(value))) kept.emplace(std::move(value));
    }
    return kept;
  }
};

template <class Function>
struct map_step {
  Function function;
  template <class Value>
  auto operator()(Value&& value) {
    static_assert(std::invocable<Function&, Value>, "map(f): f must take what is received");
    using result = std::remove_cvref_t<std::invoke_result_t<Function&, Value>>;
    static_assert(!std::is_void_v<result>, "map(f): f must return something");
    if constexpr (std::is_void_v<result>)
      return std::optional<bool>{};  // so that this is the only error
    else
      return std::optional<result>{std::in_place, function(std::move(value))};
  }
};

template <class Type>
inline constexpr bool is_optional = false;
template <class Value>
inline constexpr bool is_optional<std::optional<Value>> = true;

template <class Function>
struct filter_map_step {
  Function function;
  template <class Value>
  auto operator()(Value&& value) {
    static_assert(std::invocable<Function&, Value>, "filter_map(f): f must take what is received");
    using result = std::remove_cvref_t<std::invoke_result_t<Function&, Value>>;
    static_assert(is_optional<result>, "filter_map(f): f must return a std::optional");
    return result{function(std::move(value))};
  }
};

struct take_step {
  std::size_t left;
  [[nodiscard]] bool is_over() const noexcept { return left == 0; }
  template <class Value>
  std::optional<Value> operator()(Value&& value) {
    --left;
    return std::optional<Value>{std::in_place, std::move(value)};
  }
};

template <class State, class Function>
struct scan_step {
  State state;
  Function function;
  template <class Value>
  std::optional<State> operator()(Value&& value) {
    static_assert(std::is_invocable_r_v<State, Function&, const State&, Value>,
                  "scan(state, f): f must take the state and what is received, and return the next state");
    state = function(std::as_const(state), std::move(value));
    return std::optional<State>{std::in_place, std::as_const(state)};
  }
};

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// Common base of `subscription` and `stage`. `Self` provides `receive(end)`, `dropped()` and `ended()`.
///
/// A stage made from an rvalue owns its upstream. A stage made from an lvalue refers to it: the upstream must outlive
/// the stage and must not be moved. One thread at a time may use a subscription and its stages. An exception of a
/// stage's function propagates to the receiver; the value that caused it is lost.
template <class Self>
class receiving {
 public:
  /// Returns the next value; waits for it without a limit. Returns nothing if the store is closed and no value is left.
  [[nodiscard]] auto recv() { return self().receive(detail::wait_end::never()); }
  /// Returns the next value; waits for it for at most `timeout`, a `std::chrono` duration. Returns nothing if the
  /// timeout expires or no further value will come; `ended()` distinguishes the two.
  template <detail::duration_like Duration>
  [[nodiscard]] auto recv_for(const Duration& timeout) {
    return self().receive(detail::wait_end::after(timeout));
  }
  /// Returns the next value, or nothing if there is none yet. Does not wait.
  [[nodiscard]] auto try_recv() { return self().receive(detail::wait_end::now()); }

  /// Passes on the values for which `predicate(value)` is true.
  template <class Predicate>
  [[nodiscard]] auto filter(Predicate predicate) & {
    return staged<Self&>(detail::filter_step<Predicate>{std::move(predicate)});
  }
  template <class Predicate>
  [[nodiscard]] auto filter(Predicate predicate) && {
    return staged<Self>(detail::filter_step<Predicate>{std::move(predicate)});
  }

  /// Passes on `function(value)` instead of each value.
  template <class Function>
  [[nodiscard]] auto map(Function function) & {
    return staged<Self&>(detail::map_step<Function>{std::move(function)});
  }
  template <class Function>
  [[nodiscard]] auto map(Function function) && {
    return staged<Self>(detail::map_step<Function>{std::move(function)});
  }

  /// Passes on what `function(value)`, a `std::optional`, has; a value for which it has nothing is left out.
  template <class Function>
  [[nodiscard]] auto filter_map(Function function) & {
    return staged<Self&>(detail::filter_map_step<Function>{std::move(function)});
  }
  template <class Function>
  [[nodiscard]] auto filter_map(Function function) && {
    return staged<Self>(detail::filter_map_step<Function>{std::move(function)});
  }

  /// Passes on the next `count` values, then ends.
  [[nodiscard]] auto take(std::size_t count) & { return staged<Self&>(detail::take_step{count}); }
  [[nodiscard]] auto take(std::size_t count) && { return staged<Self>(detail::take_step{count}); }

  /// Passes on a running result: for each value, `state = function(state, value)`, and then the new state. Like
  /// `std::inclusive_scan` with an initial value.
  template <class State, class Function>
  [[nodiscard]] auto scan(State state, Function function) & {
    return staged<Self&>(detail::scan_step<State, Function>{std::move(state), std::move(function)});
  }
  template <class State, class Function>
  [[nodiscard]] auto scan(State state, Function function) && {
    return staged<Self>(detail::scan_step<State, Function>{std::move(state), std::move(function)});
  }

 private:
  [[nodiscard]] Self& self() noexcept { return static_cast<Self&>(*this); }
  template <class Upstream, class Step>
  [[nodiscard]] stage<Upstream, Step> staged(Step step) {
    return {static_cast<Upstream&&>(self()), std::move(step)};
  }
};

/// A step applied to received values. `Upstream` is the type of the source, or a reference to it.
template <class Upstream, class Step>
class stage : public receiving<stage<Upstream, Step>> {
 public:
  stage(Upstream&& upstream, Step step) : upstream_{std::forward<Upstream>(upstream)}, step_{std::move(step)} {}

  /// Returns the number of events that the subscription has dropped.
  [[nodiscard]] std::uint64_t dropped() { return upstream_.dropped(); }
  /// Returns true if no further value will come.
  [[nodiscard]] bool ended() { return is_over() || upstream_.ended(); }

  /// For the library's own layers: returns the next value that passes the step; waits until `end`.
  [[nodiscard]] auto receive(const detail::wait_end& end) {
    using result = decltype(step_(*upstream_.receive(end)));
    result passed;
    while (!is_over()) {
      auto value = upstream_.receive(end);
      if (!value) break;
      passed = step_(*std::move(value));
      // Rejected values must not extend the wait.
      if (passed || (!end.is_now() && end.left_us() == 0)) break;
    }
    return passed;
  }

 private:
  [[nodiscard]] bool is_over() const noexcept {
    if constexpr (requires { step_.is_over(); })
      return step_.is_over();
    else
      return false;
  }

  Upstream upstream_;
  Step step_;
};

}  // namespace quipu::inline QUIPU_MODE
