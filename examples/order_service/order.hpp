// SPDX-License-Identifier: BSL-1.0
//
// order.hpp: an order, and the rules for what may happen to it.
#pragma once

#include "events.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shop {

// ---- commands
struct pay {
  std::string reference{};  // of the payment: the bank may report it twice
  std::int64_t cents{};
};

struct cancel {};

struct order {
  using events = quipu::event_list<order_placed, order_paid, order_cancelled, order_refunded>;
  bool is_placed{};
  bool is_cancelled{};
  order_placed what{};
  std::int64_t paid_cents{};
  std::vector<std::string> payments{};

  void apply(const order_placed& event) {
    is_placed = true;
    what = event;
  }
  void apply(const order_paid& event) {
    paid_cents += event.cents;
    payments.push_back(event.reference);
  }
  void apply(const order_cancelled&) { is_cancelled = true; }
  void apply(const order_refunded& event) { paid_cents -= event.cents; }

  [[nodiscard]] bool is_paid() const { return is_placed && paid_cents >= what.cents; }

  /// A payment that was reported before is nothing new.
  static quipu::outcome<std::optional<order_paid>> decide(const order& now, const pay& command) {
    if (!now.is_placed) return quipu::outcome_error{quipu::error_kind::not_found, "there is no such order"};
    if (std::ranges::find(now.payments, command.reference) != now.payments.end()) return std::optional<order_paid>{};
    if (now.is_cancelled) return quipu::outcome_error{quipu::error_kind::conflict, "the order was cancelled"};
    if (now.paid_cents + command.cents > now.what.cents)
      return quipu::outcome_error{quipu::error_kind::validation, "that is more than is owed"};
    return std::optional{order_paid{command.reference, command.cents}};
  }

  static quipu::outcome<order_cancelled> decide(const order& now, const cancel&) {
    if (!now.is_placed || now.is_cancelled)
      return quipu::outcome_error{quipu::error_kind::not_found, "there is no such order"};
    if (now.paid_cents != 0) return quipu::outcome_error{quipu::error_kind::conflict, "the order is paid, refund it"};
    return order_cancelled{now.what.product, now.what.pieces};
  }
};

// ---- the way of its parcel
struct is_empty {};
struct is_packed {};
struct is_on_its_way {};
struct has_arrived {};

using parcel = quipu::state_machine<quipu::transition<is_empty, parcel_packed, is_packed>,
                                    quipu::transition<is_packed, parcel_sent, is_on_its_way>,
                                    quipu::transition<is_on_its_way, parcel_delivered, has_arrived>>;
using parcel_state = quipu::machine_projection<parcel>;
static_assert(!quipu::can_fire<parcel, is_packed, parcel_delivered>);

}  // namespace shop
