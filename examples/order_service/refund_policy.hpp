// SPDX-License-Identifier: BSL-1.0
//
// refund_policy.hpp: money goes back only past these gates.
#pragma once

#include "order.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace shop {

struct clerk {
  std::int64_t limit_cents{};
};

/// No more goes back than was paid.
struct paid_gate {
  static constexpr std::string_view name = "paid";
  std::optional<quipu::denial> operator()(const order& now, const order_refunded& wanted) const {
    if (wanted.cents <= now.paid_cents) return std::nullopt;
    return quipu::denial{name, "more than was paid"}.with_context("paid", now.paid_cents);
  }
};

struct limit_gate {
  static constexpr std::string_view name = "limit";
  std::optional<quipu::denial> operator()(const clerk& who, const order_refunded& wanted) const {
    if (wanted.cents <= who.limit_cents) return std::nullopt;
    return quipu::denial{name, "over the limit of the clerk"}.with_context("limit", who.limit_cents);
  }
};

inline constexpr quipu::pipeline refund_policy{quipu::gate_set{paid_gate{}, limit_gate{}}};

}  // namespace shop
