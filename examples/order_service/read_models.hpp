// SPDX-License-Identifier: BSL-1.0
//
// read_models.hpp: states that the shop looks at: of one customer, of one shelf, of all orders.
// orders.
#pragma once

#include "events.hpp"

#include <cstdint>
#include <string>

namespace shop {

struct customer {
  using events = quipu::event_list<customer_registered, email_changed>;
  std::string name{};
  std::string email{};
  void apply(const customer_registered& event) {
    name = event.name;
    email = event.email;
  }
  void apply(const email_changed& event) { email = event.email; }
};

struct shelf {
  using events = quipu::event_list<goods_arrived, goods_reserved, goods_released>;
  std::uint32_t free_pieces{};
  void apply(const goods_arrived& event) { free_pieces += event.pieces; }
  void apply(const goods_reserved& event) { free_pieces -= event.pieces; }
  void apply(const goods_released& event) { free_pieces += event.pieces; }
};

struct revenue {
  using events = quipu::event_list<order_placed, order_paid, order_refunded>;
  std::uint64_t orders{};
  std::int64_t cents{};
  void apply(const order_placed&) { ++orders; }
  void apply(const order_paid& event) { cents += event.cents; }
  void apply(const order_refunded& event) { cents -= event.cents; }
};

}  // namespace shop
