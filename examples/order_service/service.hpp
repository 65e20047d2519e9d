// SPDX-License-Identifier: BSL-1.0
//
// service.hpp: what the shop does. The store is used here and in the mailer, and nowhere else.
#pragma once

#include "order.hpp"
#include "refund_policy.hpp"

#include <quipu.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shop {

using receipts = quipu::outcome<std::vector<quipu::receipt>>;

[[nodiscard]] quipu::coordinate customer_at(std::string_view id);
[[nodiscard]] quipu::coordinate order_at(std::string_view number);
[[nodiscard]] quipu::coordinate shelf_at(std::string_view product);
[[nodiscard]] quipu::coordinate parcel_at(std::string_view order_number);

/// Refusals are outcomes. Failures of the store throw `quipu::error`. Thread-safe, as the store is.
class service {
 public:
  explicit service(quipu::store& store) : store_{store} {}

  void register_customer(std::string_view id, const customer_registered& who);
  void change_email(std::string_view customer, std::string_view email);
  void receive_goods(std::string_view product, std::uint32_t pieces);

  /// Places the order and reserves its goods, both or neither.
  receipts place(std::string_view number, const order_placed& wanted);
  receipts pay(std::string_view number, const shop::pay& payment);
  receipts cancel(std::string_view number);

  /// Packs and sends what is paid: both or neither.
  quipu::outcome<void> send(std::string_view number, std::string_view carrier);
  quipu::outcome<void> confirm_delivery(std::string_view number);

  /// Gives money back if the refund policy allows it.
  quipu::outcome<void> refund(std::string_view number, const clerk& who, std::int64_t cents);

  /// Erases the name and the addresses of a customer from the log. Returns the number of events that were erased.
  std::uint64_t forget_customer(std::string_view id);

 private:
  quipu::store& store_;
};

/// Puts the goods of cancelled orders back. Runs until the worker is destroyed.
[[nodiscard]] quipu::worker release_cancelled_goods(quipu::store& store);

}  // namespace shop
