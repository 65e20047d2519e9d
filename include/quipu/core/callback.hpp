// SPDX-License-Identifier: BSL-1.0
//
// callback.hpp: any function of one signature as a value, as std::function is, for the few places where a program gives the library one to keep.
// <functional> would cost every program that includes the library more than all of them are worth.
#pragma once

#include "detail/owner.hpp"

#include <concepts>
#include <type_traits>
#include <utility>

namespace quipu {

template <class Signature>
class callback;

namespace detail {

template <class Callable, class Self, class Result, class... Arguments>
concept callback_source = !std::same_as<std::remove_cvref_t<Callable>, Self> && std::is_invocable_r_v<Result, Callable&, Arguments...>;

}  // namespace detail

/// Implicit from lambdas, function pointers and function objects; empty by default, and from a null function pointer or an empty
/// std::function. Copies share one function object. Calling an empty one isn't allowed.
template <class Result, class... Arguments>
class callback<Result(Arguments...)> {
 public:
  callback() noexcept = default;

  template <class Callable>
    requires detail::callback_source<std::decay_t<Callable>, callback, Result, Arguments...>
  callback(Callable&& function) {
    using kept_type = std::decay_t<Callable>;
    if constexpr (!std::is_function_v<std::remove_reference_t<Callable>> && requires { static_cast<bool>(function == nullptr); }) {
      if (function == nullptr) return;
    }
    const auto kept = detail::make_shared_owner<kept_type>(std::forward<Callable>(function));
    call_ = [](void* kept_function, Arguments... arguments) -> Result {
      return (*static_cast<kept_type*>(kept_function))(std::forward<Arguments>(arguments)...);
    };
    function_ = kept;
  }

  [[nodiscard]] explicit operator bool() const noexcept { return call_ != nullptr; }
  Result operator()(Arguments... arguments) const { return call_(function_.get(), std::forward<Arguments>(arguments)...); }

 private:
  detail::shared_owner<void> function_;
  Result (*call_)(void*, Arguments...){};
};

}  // namespace quipu
