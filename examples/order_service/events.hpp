// SPDX-License-Identifier: BSL-1.0
//
// events.hpp: everything that can happen in the shop: to customers, orders, shelves and parcels.
// parcels 4.
#pragma once

#include <quipu/model.hpp>

#include <cstdint>
#include <string>

namespace shop {

// ---- customers
namespace v1 {
/// The first edition asked for no e-mail address.
struct customer_registered {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string name{};
};
}  // namespace v1

struct customer_registered {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  static constexpr std::uint16_t version = 2;
  using previous = v1::customer_registered;
  static customer_registered upcast(const previous& old) { return {old.name, ""}; }

  std::string name{};
  std::string email{};
};

struct email_changed {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::string email{};
};

// ---- orders
struct order_placed {
  static constexpr auto kind = quipu::event_kind::custom(2, 1);
  std::string customer{};
  std::string product{};
  std::uint32_t pieces{};
  std::int64_t cents{};
};

struct order_paid {
  static constexpr auto kind = quipu::event_kind::custom(2, 2);
  std::string reference{};
  std::int64_t cents{};
};

struct order_cancelled {
  static constexpr auto kind = quipu::event_kind::custom(2, 3);
  std::string product{};
  std::uint32_t pieces{};
};

struct order_refunded {
  static constexpr auto kind = quipu::event_kind::custom(2, 4);
  std::int64_t cents{};
};

// ---- shelves, one for each product
struct goods_arrived {
  static constexpr auto kind = quipu::event_kind::custom(3, 1);
  std::uint32_t pieces{};
};

struct goods_reserved {
  static constexpr auto kind = quipu::event_kind::custom(3, 2);
  std::uint32_t pieces{};
};

struct goods_released {
  static constexpr auto kind = quipu::event_kind::custom(3, 3);
  std::uint32_t pieces{};
};

// ---- parcels
struct parcel_packed {
  static constexpr auto kind = quipu::event_kind::custom(4, 1);
};

struct parcel_sent {
  static constexpr auto kind = quipu::event_kind::custom(4, 2);
  std::string carrier{};
};

struct parcel_delivered {
  static constexpr auto kind = quipu::event_kind::custom(4, 3);
};

}  // namespace shop
