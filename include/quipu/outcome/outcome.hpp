// SPDX-License-Identifier: BSL-1.0
//
// outcome.hpp: the result of an operation that may fail, be postponed, or consist of several results. An `outcome<T>`
// is one of
//   ok         a value
//   error      an `outcome_error`
//   retry      try again after some milliseconds
//   pending    a condition must be met first
//   cancelled  cancelled, with a reason
//   batch      several outcomes, which may be batches
// It is a monad. Every operation distributes over `batch`: it applies to each item. Move-only values are supported, and
// all operations work in constant expressions. combine.hpp combines several outcomes into one.
#pragma once

#include "../core/error.hpp"
#include "outcome_error.hpp"
#include "text.hpp"
#include "wait_condition.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>  // and with it std::construct_at, without the price of <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace quipu {

/// The value of an `outcome<void>`.
struct none {
  friend constexpr bool operator==(none, none) noexcept = default;
};

/// The state of an outcome.
enum class outcome_state : std::uint8_t { ok = 0, error = 1, retry = 2, pending = 3, cancelled = 4, batch = 5 };

[[nodiscard]] constexpr std::string_view name_of(outcome_state state) noexcept {
  constexpr std::string_view names[]{"ok", "error", "retry", "pending", "cancelled", "batch"};
  return names[static_cast<std::size_t>(state)];
}

/// When to try again.
struct retry_details {
  std::uint64_t after_ms{};
  std::uint32_t attempt{};       ///< number of attempts so far
  std::uint32_t max_attempts{};  ///< maximum number of attempts
  text reason{};
  friend constexpr bool operator==(const retry_details&, const retry_details&) = default;
};

/// What to wait for.
struct pending_details {
  wait_condition condition{};
  std::uint64_t resume_token{};  ///< identifies the work to resume; defined by the program
  friend constexpr bool operator==(const pending_details&, const pending_details&) = default;
};

/// Why the operation was cancelled.
struct cancelled_details {
  text reason{};
  friend constexpr bool operator==(const cancelled_details&, const cancelled_details&) = default;
};

template <class Value>
class outcome;

namespace detail {

template <class Type>
inline constexpr bool is_outcome = false;
template <class Value>
inline constexpr bool is_outcome<outcome<Value>> = true;

template <class Value>
using stored_value = std::conditional_t<std::is_void_v<Value>, none, Value>;

/// Types that convert implicitly to the value of an `outcome<Value>`. Only a bool converts to a bool.
template <class Source, class Value>
concept value_source =
    !is_outcome<Value> && !std::same_as<std::remove_cvref_t<Source>, outcome<Value>> &&
    !std::same_as<std::remove_cvref_t<Source>, outcome_error> && std::convertible_to<Source, stored_value<Value>> &&
    (!std::same_as<Value, bool> || std::same_as<std::remove_cvref_t<Source>, bool>);

/// For `outcome<outcome<T>>` only the inner outcome converts; otherwise `T` would be ambiguous.
template <class Source, class Value>
concept inner_source = is_outcome<Value> && std::same_as<std::remove_cvref_t<Source>, Value>;

/// Calls `function` with the value, or without arguments for `void`.
template <class Value, class Function, class Stored>
constexpr decltype(auto) call_with(Function& function, Stored&& value) {
  if constexpr (std::is_void_v<Value>) {
    static_cast<void>(value);
    return function();
  } else {
    return function(std::forward<Stored>(value));
  }
}

/// The decayed result of `Function` for the value of an outcome of type `Self`.
template <class Value, class Function, class Self>
using called_with = std::remove_cvref_t<decltype(call_with<Value>(
    std::declval<Function&>(), std::declval<std::conditional_t<std::is_lvalue_reference_v<Self>,
                                                               const stored_value<Value>&, stored_value<Value>&&>>()))>;

[[noreturn]] void throw_wrong_state(std::string_view wanted, outcome_state found);

}  // namespace detail

/// The result of an operation; see the top of this file. Not thread-safe. A moved-from outcome keeps its state; its
/// contents are moved from.
template <class Value>
class [[nodiscard]] outcome {
  using stored = detail::stored_value<Value>;
  static_assert(!std::is_reference_v<Value>, "outcome<T&>: hold a pointer instead");
  static_assert(!std::is_const_v<Value>, "outcome<const T>: make the outcome const instead");
  static_assert(!std::is_same_v<Value, outcome_error>,
                "outcome<outcome_error>: an outcome_error is the error, not the value");

 public:
  using value_type = Value;

  constexpr outcome() noexcept requires std::is_void_v<Value> : state_{outcome_state::ok}, value_{} {}
  /// Cancelled without a reason: what was never set isn't a success.
  constexpr outcome() noexcept requires(!std::is_void_v<Value>) : state_{outcome_state::cancelled}, cancelled_{} {}

  template <class Source = stored>
  requires(detail::value_source<Source, Value> || detail::inner_source<Source, Value>) constexpr outcome(Source&& value)
      : state_{outcome_state::ok}, value_(std::forward<Source>(value)) {}

  constexpr outcome(outcome_error failure) noexcept : state_{outcome_state::error}, error_{std::move(failure)} {}

  constexpr outcome(const outcome& other) requires std::copy_constructible<stored> : state_{other.state_}, blank_{} {
    construct_from(other);
  }
  constexpr outcome(outcome&& other) noexcept(std::is_nothrow_move_constructible_v<stored>)
      : state_{other.state_}, blank_{} {
    construct_from(std::move(other));
  }
  constexpr outcome& operator=(const outcome& other) requires std::copy_constructible<stored> {
    if (this != &other) *this = outcome{other};
    return *this;
  }
  constexpr outcome& operator=(outcome&& other) noexcept(std::is_nothrow_move_constructible_v<stored>) {
    if (this == &other) return *this;
    destroy();
    state_ = other.state_;
    if constexpr (std::is_nothrow_move_constructible_v<stored>) {
      construct_from(std::move(other));
    } else {
      try {
        construct_from(std::move(other));
      } catch (...) {
        state_ = outcome_state::cancelled;
        std::construct_at(std::addressof(cancelled_));
        throw;
      }
    }
    return *this;
  }
  constexpr ~outcome() { destroy(); }

  // Construction, one function per state.
  template <class Source = stored>
  requires(!std::is_void_v<Value> && std::convertible_to<Source, stored>) static constexpr outcome ok(Source&& value) {
    return outcome{with_value{}, std::forward<Source>(value)};
  }
  static constexpr outcome ok() requires std::is_void_v<Value> { return outcome{}; }
  static constexpr outcome error(outcome_error failure) { return outcome{std::move(failure)}; }
  static constexpr outcome error(error_kind kind, text message) {
    return outcome{outcome_error{kind, std::move(message)}};
  }
  static constexpr outcome retry(retry_details details) { return outcome{std::move(details)}; }
  static constexpr outcome retry(std::uint64_t after_ms, std::uint32_t attempt, std::uint32_t max_attempts,
                                 text reason) {
    return outcome{retry_details{after_ms, attempt, max_attempts, std::move(reason)}};
  }
  static constexpr outcome pending(pending_details details) { return outcome{std::move(details)}; }
  static constexpr outcome pending(wait_condition condition, std::uint64_t resume_token) {
    return outcome{pending_details{std::move(condition), resume_token}};
  }
  static constexpr outcome cancelled(cancelled_details details) { return outcome{std::move(details)}; }
  static constexpr outcome cancelled(text reason) { return outcome{cancelled_details{std::move(reason)}}; }
  static constexpr outcome batch(std::vector<outcome> items) { return outcome{std::move(items)}; }

  [[nodiscard]] constexpr outcome_state state() const noexcept { return state_; }
  [[nodiscard]] constexpr bool is_ok() const noexcept { return state_ == outcome_state::ok; }
  [[nodiscard]] constexpr bool is_error() const noexcept { return state_ == outcome_state::error; }
  [[nodiscard]] constexpr bool is_retry() const noexcept { return state_ == outcome_state::retry; }
  [[nodiscard]] constexpr bool is_pending() const noexcept { return state_ == outcome_state::pending; }
  [[nodiscard]] constexpr bool is_cancelled() const noexcept { return state_ == outcome_state::cancelled; }
  [[nodiscard]] constexpr bool is_batch() const noexcept { return state_ == outcome_state::batch; }
  /// Returns `is_ok()`: false for a batch, whatever its items are. An `outcome<bool>` with the value `false` is ok, and
  /// therefore true.
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return is_ok(); }

  /// Returns the value. In another state it throws: an error as a `quipu::error` (`to_error`), `errc::busy` for retry
  /// and pending, `errc::cancelled` for cancelled, and `errc::invalid_argument` for a batch, which has no single value.
  constexpr decltype(auto) value() const& {
    require_value();
    if constexpr (!std::is_void_v<Value>) return static_cast<const Value&>(value_);
  }
  constexpr decltype(auto) value() & {
    require_value();
    if constexpr (!std::is_void_v<Value>) return static_cast<Value&>(value_);
  }
  constexpr decltype(auto) value() && {
    require_value();
    if constexpr (!std::is_void_v<Value>) return static_cast<Value&&>(value_);
  }
  /// Returns the value by value, so that no reference to a temporary outcome remains. Throws as `value` does.
  constexpr Value into_value() && {
    require_value();
    if constexpr (!std::is_void_v<Value>) return std::move(value_);
  }

  /// Returns the value, or `fallback` in any other state.
  template <class Fallback>
  [[nodiscard]] constexpr stored value_or(Fallback&& fallback) const& requires(!std::is_void_v<Value>) {
    if (is_ok()) return value_;
    return static_cast<stored>(std::forward<Fallback>(fallback));
  }
  template <class Fallback>
      [[nodiscard]] constexpr stored value_or(Fallback&& fallback) && requires(!std::is_void_v<Value>) {
    if (is_ok()) return std::move(value_);
    return static_cast<stored>(std::forward<Fallback>(fallback));
  }
  /// Returns the value, or the result of `make()` or `make(outcome)` in any other state.
  template <class Make>
  [[nodiscard]] constexpr stored value_or_else(Make&& make) const& requires(!std::is_void_v<Value>) {
    if (is_ok()) return value_;
    return made_by(make);
  }
  template <class Make>
      [[nodiscard]] constexpr stored value_or_else(Make&& make) && requires(!std::is_void_v<Value>) {
    if (is_ok()) return std::move(value_);
    return made_by(make);
  }

  // The contents of the other states. Each throws `errc::invalid_argument` in another state.
  [[nodiscard]] constexpr const outcome_error& error() const& { return require(outcome_state::error), error_; }
  [[nodiscard]] constexpr outcome_error&& error() && { return require(outcome_state::error), std::move(error_); }
  [[nodiscard]] constexpr const retry_details& retry() const { return require(outcome_state::retry), retry_; }
  [[nodiscard]] constexpr const pending_details& pending() const { return require(outcome_state::pending), pending_; }
  [[nodiscard]] constexpr const cancelled_details& cancelled() const {
    return require(outcome_state::cancelled), cancelled_;
  }
  [[nodiscard]] constexpr const std::vector<outcome>& batch() const& { return require(outcome_state::batch), items_; }
  [[nodiscard]] constexpr std::vector<outcome>&& batch() && { return require(outcome_state::batch), std::move(items_); }

  /// Returns an `outcome<R>` with the result of `function(value)`, of type `R`. Other states pass unchanged.
  template <class Function>
  constexpr auto map(Function&& function) const& {
    return map_from(*this, function);
  }
  template <class Function>
  constexpr auto map(Function&& function) && {
    return map_from(std::move(*this), function);
  }

  /// Returns `function(value)`, an `outcome<R>`. Other states pass unchanged.
  template <class Function>
  constexpr auto and_then(Function&& function) const& {
    return and_then_from(*this, function);
  }
  template <class Function>
  constexpr auto and_then(Function&& function) && {
    return and_then_from(std::move(*this), function);
  }

  /// Returns `function(value)`, an outcome of the same type, if `predicate(value)` is true; otherwise the outcome
  /// unchanged.
  template <class Predicate, class Function>
  constexpr outcome and_then_if(Predicate&& predicate, Function&& function) const& {
    return and_then_if_from(*this, predicate, function);
  }
  template <class Predicate, class Function>
  constexpr outcome and_then_if(Predicate&& predicate, Function&& function) && {
    return and_then_if_from(std::move(*this), predicate, function);
  }

  /// Replaces an error by `function(error)`, an `outcome_error`.
  template <class Function>
  constexpr outcome map_error(Function&& function) const& {
    const auto replace = [&](const outcome_error& failure) { return outcome{outcome_error{function(failure)}}; };
    return or_else_from(*this, replace);
  }
  template <class Function>
  constexpr outcome map_error(Function&& function) && {
    const auto replace = [&](outcome_error&& failure) { return outcome{outcome_error{function(std::move(failure))}}; };
    return or_else_from(std::move(*this), replace);
  }

  /// Replaces an error by `function(error)`, an outcome of the same type.
  template <class Function>
  constexpr outcome or_else(Function&& function) const& {
    return or_else_from(*this, function);
  }
  template <class Function>
  constexpr outcome or_else(Function&& function) && {
    return or_else_from(std::move(*this), function);
  }

  /// Calls `function(value)` and returns the outcome unchanged.
  template <class Function>
  constexpr const outcome& inspect(Function&& function) const& {
    call_on_value(function);
    return *this;
  }
  template <class Function>
  constexpr outcome inspect(Function&& function) && {
    call_on_value(function);
    return std::move(*this);
  }
  /// Calls `function(error)` and returns the outcome unchanged.
  template <class Function>
  constexpr const outcome& inspect_error(Function&& function) const& {
    call_on_error(function);
    return *this;
  }
  template <class Function>
  constexpr outcome inspect_error(Function&& function) && {
    call_on_error(function);
    return std::move(*this);
  }

  /// Converts an outcome of an outcome to one outcome.
  constexpr Value flatten() const& requires detail::is_outcome<Value> {
    return and_then([](const Value& inner) { return inner; });
  }
  constexpr Value flatten() && requires detail::is_outcome<Value> {
    return std::move(*this).and_then([](Value&& inner) { return std::move(inner); });
  }

  friend constexpr bool operator==(const outcome& left,
                                   const outcome& right) requires std::equality_comparable<stored> {
    if (left.state_ != right.state_) return false;
    switch (left.state_) {
      case outcome_state::ok:
        return left.value_ == right.value_;
      case outcome_state::error:
        return left.error_ == right.error_;
      case outcome_state::retry:
        return left.retry_ == right.retry_;
      case outcome_state::pending:
        return left.pending_ == right.pending_;
      case outcome_state::cancelled:
        return left.cancelled_ == right.cancelled_;
      case outcome_state::batch:
        break;
    }
    if (left.items_.size() != right.items_.size()) return false;
    for (std::size_t index = 0; index < left.items_.size(); ++index)
      if (!(left.items_[index] == right.items_[index])) return false;
    return true;
  }

 private:
  template <class Other>
  friend class outcome;

  struct with_value {};

  template <class Source>
  constexpr outcome(with_value, Source&& value) : state_{outcome_state::ok}, value_(std::forward<Source>(value)) {}
  constexpr explicit outcome(retry_details&& details) noexcept
      : state_{outcome_state::retry}, retry_{std::move(details)} {}
  constexpr explicit outcome(pending_details&& details) noexcept
      : state_{outcome_state::pending}, pending_{std::move(details)} {}
  constexpr explicit outcome(cancelled_details&& details) noexcept
      : state_{outcome_state::cancelled}, cancelled_{std::move(details)} {}
  constexpr explicit outcome(std::vector<outcome>&& items) noexcept
      : state_{outcome_state::batch}, items_{std::move(items)} {}

  /// Constructs the contents for `state_` from the contents of `other`.
  template <class Other>
  constexpr void construct_from(Other&& other) {
    switch (state_) {
      case outcome_state::ok:
        std::construct_at(std::addressof(value_), std::forward<Other>(other).value_);
        break;
      case outcome_state::error:
        std::construct_at(std::addressof(error_), std::forward<Other>(other).error_);
        break;
      case outcome_state::retry:
        std::construct_at(std::addressof(retry_), std::forward<Other>(other).retry_);
        break;
      case outcome_state::pending:
        std::construct_at(std::addressof(pending_), std::forward<Other>(other).pending_);
        break;
      case outcome_state::cancelled:
        std::construct_at(std::addressof(cancelled_), std::forward<Other>(other).cancelled_);
        break;
      case outcome_state::batch:
        std::construct_at(std::addressof(items_), std::forward<Other>(other).items_);
        break;
    }
  }

  constexpr void destroy() noexcept {
    switch (state_) {
      case outcome_state::ok:
        std::destroy_at(std::addressof(value_));
        break;
      case outcome_state::error:
        std::destroy_at(std::addressof(error_));
        break;
      case outcome_state::retry:
        std::destroy_at(std::addressof(retry_));
        break;
      case outcome_state::pending:
        std::destroy_at(std::addressof(pending_));
        break;
      case outcome_state::cancelled:
        std::destroy_at(std::addressof(cancelled_));
        break;
      case outcome_state::batch:
        std::destroy_at(std::addressof(items_));
        break;
    }
  }

  constexpr void require(outcome_state wanted) const {
    if (state_ != wanted) detail::throw_wrong_state(name_of(wanted), state_);
  }
  constexpr void require_value() const {
    if (!is_ok()) throw_for_no_value();
  }
  [[noreturn]] void throw_for_no_value() const {
    switch (state_) {
      case outcome_state::error:
        throw to_error(error_);
      case outcome_state::retry:
        throw quipu::error{errc::busy, "try again after " + std::to_string(retry_.after_ms) + " ms (attempt " +
                                           std::to_string(retry_.attempt) + " of " +
                                           std::to_string(retry_.max_attempts) + "): " + retry_.reason.str()};
      case outcome_state::pending:
        throw quipu::error{errc::busy, "the outcome is pending"};
      case outcome_state::cancelled:
        throw quipu::error{errc::cancelled, cancelled_.reason.str()};
      case outcome_state::ok:
      case outcome_state::batch:
        break;
    }
    detail::throw_wrong_state("value", state_);
  }

  template <class Make>
  constexpr stored made_by(Make& make) const {
    if constexpr (std::is_invocable_v<Make&, const outcome&>)
      return static_cast<stored>(make(*this));
    else
      return static_cast<stored>(make());
  }

  /// Converts a state without a value to another type of outcome. Precondition: neither ok nor a batch.
  template <class Result, class Self>
  static constexpr Result pass_on(Self&& self) {
    switch (self.state_) {
      case outcome_state::error:
        return Result{std::forward<Self>(self).error_};
      case outcome_state::retry:
        return Result{retry_details{std::forward<Self>(self).retry_}};
      case outcome_state::pending:
        return Result{pending_details{std::forward<Self>(self).pending_}};
      default:
        return Result{cancelled_details{std::forward<Self>(self).cancelled_}};
    }
  }

  /// Returns a batch of `each(item)` for the items of a batch.
  template <class Result, class Self, class Each>
  static constexpr Result distribute(Self&& self, const Each& each) {
    std::vector<Result> results;
    results.reserve(self.items_.size());
    for (auto& item : self.items_) {
      if constexpr (std::is_lvalue_reference_v<Self>)
        results.push_back(each(item));
      else
        results.push_back(each(std::move(item)));
    }
    return Result{std::move(results)};
  }

  template <class Self, class Function>
  static constexpr outcome<detail::called_with<Value, Function, Self>> map_from(Self&& self, Function& function) {
    using made = detail::called_with<Value, Function, Self>;
    using result = outcome<made>;
    if (self.is_batch())
      return distribute<result>(std::forward<Self>(self),
                                [&](auto&& item) { return map_from(std::forward<decltype(item)>(item), function); });
    if (!self.is_ok()) return pass_on<result>(std::forward<Self>(self));
    if constexpr (std::is_void_v<made>) {
      detail::call_with<Value>(function, std::forward<Self>(self).value_);
      return result{};
    } else {
      return result{typename result::with_value{}, detail::call_with<Value>(function, std::forward<Self>(self).value_)};
    }
  }

  template <class Self, class Function>
  static constexpr detail::called_with<Value, Function, Self> and_then_from(Self&& self, Function& function) {
    using result = detail::called_with<Value, Function, Self>;
    static_assert(detail::is_outcome<result>,
                  "and_then(f): f returns an outcome; where it returns a plain value, use map(f)");
    if constexpr (detail::is_outcome<result>) {  // one error where it isn't
      if (self.is_batch())
        return distribute<result>(std::forward<Self>(self), [&](auto&& item) {
          return and_then_from(std::forward<decltype(item)>(item), function);
        });
      if (!self.is_ok()) return pass_on<result>(std::forward<Self>(self));
      return result{detail::call_with<Value>(function, std::forward<Self>(self).value_)};
    }
  }

  template <class Self, class Predicate, class Function>
  static constexpr outcome and_then_if_from(Self&& self, Predicate& predicate, Function& function) {
    if (self.is_batch())
      return distribute<outcome>(std::forward<Self>(self), [&](auto&& item) {
        return and_then_if_from(std::forward<decltype(item)>(item), predicate, function);
      });
    if (!self.is_ok() || !detail::call_with<Value>(predicate, std::as_const(self.value_)))
      return std::forward<Self>(self);
    return detail::call_with<Value>(function, std::forward<Self>(self).value_);
  }

  template <class Self, class Function>
  static constexpr outcome or_else_from(Self&& self, Function& function) {
    if (self.is_batch())
      return distribute<outcome>(std::forward<Self>(self), [&](auto&& item) {
        return or_else_from(std::forward<decltype(item)>(item), function);
      });
    if (!self.is_error()) return std::forward<Self>(self);
    return function(std::forward<Self>(self).error_);
  }

  template <class Function>
  constexpr void call_on_value(Function& function) const {
    if (is_ok()) {
      static_cast<void>(detail::call_with<Value>(function, value_));
    } else if (is_batch()) {
      for (const outcome& item : items_) item.call_on_value(function);
    }
  }
  template <class Function>
  constexpr void call_on_error(Function& function) const {
    if (is_error()) {
      static_cast<void>(function(error_));
    } else if (is_batch()) {
      for (const outcome& item : items_) item.call_on_error(function);
    }
  }

  outcome_state state_;
  union {
    none blank_;
    stored value_;
    outcome_error error_;
    retry_details retry_;
    pending_details pending_;
    cancelled_details cancelled_;
    std::vector<outcome> items_;
  };
};

/// Calls `work()` and returns its result as an ok outcome. A `quipu::error` becomes an error by `from_error`, or
/// cancelled for `errc::cancelled`; another `std::exception` becomes an internal error. For `try_` twins.
template <class Work>
[[nodiscard]] auto attempt(Work&& work) -> outcome<std::remove_cvref_t<decltype(work())>> {
  using made = std::remove_cvref_t<decltype(work())>;
  using result = outcome<made>;
  try {
    if constexpr (std::is_void_v<made>) {
      work();
      return result::ok();
    } else {
      return result::ok(work());
    }
  } catch (const error& thrown) {
    outcome_error failure = from_error(thrown);
    if (thrown.code() == errc::cancelled) return result::cancelled(std::move(failure.message));
    return failure;
  } catch (const std::exception& thrown) {
    return outcome_error{error_kind::internal, std::string_view{thrown.what()}};
  }
}

}  // namespace quipu
