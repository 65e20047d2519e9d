// SPDX-License-Identifier: BSL-1.0
//
// dynamic_gate_set.hpp: an ordered set of gates that is put together at run time: from a configuration, or by parts of
// a program that don't know each other. For gates that are known while compiling, take `gate_set`.
#pragma once

#include "denial.hpp"
#include "gate.hpp"
#include "gate_set.hpp"
#include "permit.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu {
namespace detail {

/// Differs from that of every other set of this process, and from 0. Thread-safe.
[[nodiscard]] std::uint64_t next_gate_set_number() noexcept;

}  // namespace detail

/// A set of gates for one type of context and one type of event, evaluated in the order in which they were added.
/// Exceptions of a gate propagate. `add` must not be called while another thread uses the same object; otherwise
/// thread-safe if the gates are.
///
/// A permit is bound to the gates: a copy of the set accepts it, and so does a pipeline that was made of one. A set to
/// which a gate was added since doesn't.
template <class Context, class Payload>
class dynamic_gate_set {
 public:
  /// Adds a gate, as an element of a `gate_set`.
  template <gate Gate>
  dynamic_gate_set& add(Gate added) {
    return add(std::string{std::string_view{Gate::name}},
               [added = std::move(added)](const Context& context, const Payload& payload) {
                 return detail::ask_gate(added, context, payload);
               });
  }
  /// Adds a function with a name; it must be copyable. Throws `errc::invalid_argument` for an empty name.
  template <class Function>
  requires detail::judges<Function, Context, Payload> && std::copy_constructible<Function> dynamic_gate_set& add(
      std::string name, Function function) {
    if (name.empty()) throw error{errc::invalid_argument, "a gate needs a name"};
    gates_.push_back({std::move(name), std::move(function)});
    number_ = detail::next_gate_set_number();
    return *this;
  }

  [[nodiscard]] std::size_t size() const noexcept { return gates_.size(); }
  /// Returns the names of the gates, in order. They are valid until `add` is called or the set ends.
  [[nodiscard]] std::vector<std::string_view> names() const { return {gates_.begin(), gates_.end()}; }

  /// As `gate_set::evaluate`. Throws `errc::invalid_argument` for a set without a gate, which would let everything
  /// pass.
  [[nodiscard]] verdict<Payload> evaluate(const Context& context, proposal<Payload> proposed) const {
    require_gates();
    for (const named_gate& each : gates_)
      if (std::optional<denial> found = each.ask(context, proposed.payload()))
        return verdict<Payload>{std::move(*found)};
    return verdict<Payload>{permit<Payload>{std::move(proposed).payload(), identity()}};
  }
  /// As `gate_set::evaluate_all`. Throws as `evaluate`.
  [[nodiscard]] std::vector<denial> evaluate_all(const Context& context, const proposal<Payload>& proposed) const {
    require_gates();
    std::vector<denial> all;
    for (const named_gate& each : gates_)
      if (std::optional<denial> found = each.ask(context, proposed.payload())) all.push_back(std::move(*found));
    return all;
  }

 private:
  template <class GateSet>
  friend class pipeline;

  struct named_gate {
    std::string name{};
    std::function<std::optional<denial>(const Context&, const Payload&)> ask{};
    operator std::string_view() const noexcept { return name; }
  };

  void require_gates() const {
    if (gates_.empty())
      throw error{errc::invalid_argument, "a dynamic_gate_set without a gate would let everything pass"};
  }
  [[nodiscard]] detail::gate_set_id identity() const noexcept {
    return {&detail::gate_set_identity<dynamic_gate_set>, number_};
  }

  std::vector<named_gate> gates_;
  std::uint64_t number_{};
};

}  // namespace quipu
