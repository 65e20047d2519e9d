// SPDX-License-Identifier: BSL-1.0
//
// service.cpp: see service.hpp.
#include "service.hpp"

#include "read_models.hpp"

#include <optional>
#include <tuple>
#include <utility>

namespace shop {
namespace {

quipu::coordinate at(std::string_view kind, std::string_view name, std::string_view scope) {
  return {std::string{kind}.append(":").append(name), std::string{scope}};
}

quipu::outcome_error refused(quipu::error_kind kind, std::string_view why) { return {kind, why}; }

}  // namespace

quipu::coordinate customer_at(std::string_view id) { return at("customer", id, "office"); }
quipu::coordinate order_at(std::string_view number) { return at("order", number, "office"); }
quipu::coordinate shelf_at(std::string_view product) { return at("shelf", product, "warehouse"); }
quipu::coordinate parcel_at(std::string_view number) { return at("parcel", number, "warehouse"); }

void service::register_customer(std::string_view id, const customer_registered& who) {
  store_.append(customer_at(id), who, {.expected = quipu::expected_version::no_stream()});
}

void service::change_email(std::string_view customer, std::string_view email) {
  store_.append(customer_at(customer), email_changed{std::string{email}},
                {.expected = quipu::expected_version::stream_exists()});
}

void service::receive_goods(std::string_view product, std::uint32_t pieces) {
  store_.append(shelf_at(product), goods_arrived{pieces});
}

receipts service::place(std::string_view number, const order_placed& wanted) {
  const quipu::coordinate goods = shelf_at(wanted.product);
  const auto stock = store_.project_if_changed<shelf>(goods.entity(), 0);
  if (!stock || stock->state.free_pieces < wanted.pieces)
    return refused(quipu::error_kind::validation, "there are not enough pieces");

  quipu::outbox together = store_.outbox();
  const auto placed = together.stage(order_at(number), wanted, {.expected = quipu::expected_version::no_stream()});
  together.stage_reaction(goods, goods_reserved{wanted.pieces}, placed, {.expected = stock->version()});
  return together.try_flush();
}

receipts service::pay(std::string_view number, const shop::pay& payment) {
  return store_.execute<order>(order_at(number), payment);
}

receipts service::cancel(std::string_view number) { return store_.execute<order>(order_at(number), shop::cancel{}); }

quipu::outcome<void> service::send(std::string_view number, std::string_view carrier) {
  const quipu::coordinate where = parcel_at(number);
  const std::optional<order> now = store_.project<order>(order_at(number).entity());
  if (!now || !now->is_paid()) return refused(quipu::error_kind::validation, "it is not paid");
  if (store_.project<parcel_state>(where.entity())) return refused(quipu::error_kind::conflict, "it was sent before");

  auto together = store_.begin_visibility_fence();
  const auto packed = quipu::typestate<parcel, is_empty>{}.fire(together, where, parcel_packed{},
                                                                {.expected = quipu::expected_version::no_stream()});
  packed.fire(together, where, parcel_sent{std::string{carrier}});
  together.commit();
  return {};
}

quipu::outcome<void> service::confirm_delivery(std::string_view number) {
  const quipu::coordinate where = parcel_at(number);
  const auto now = store_.project_if_changed<parcel_state>(where.entity(), 0);
  if (!now) return refused(quipu::error_kind::not_found, "there is no such parcel");

  return now->state.visit([&](auto state) -> quipu::outcome<void> {
    if constexpr (state.template can_fire<parcel_delivered>()) {
      state.fire(store_, where, parcel_delivered{}, {.expected = now->version()});
      return {};
    } else {
      return refused(quipu::error_kind::conflict, state.name());
    }
  });
}

quipu::outcome<void> service::refund(std::string_view number, const clerk& who, std::int64_t cents) {
  const quipu::coordinate where = order_at(number);
  const auto now = store_.project_if_changed<order>(where.entity(), 0);
  if (!now) return refused(quipu::error_kind::not_found, "there is no such order");

  auto verdict = refund_policy.evaluate(std::tie(now->state, who), quipu::proposal{order_refunded{cents}});
  if (!verdict.allowed()) return verdict.denied().to_outcome_error();
  refund_policy.commit(std::move(verdict).permit(), store_, where, {.expected = now->version()});
  return {};
}

std::uint64_t service::forget_customer(std::string_view id) {
  const std::string forgotten = customer_at(id).entity();
  const auto keep = [&](const quipu::event_view& event) { return event.entity() != forgotten; };
  return store_.compact(quipu::compaction::tombstone(keep)).erased;
}

quipu::worker release_cancelled_goods(quipu::store& store) {
  const auto cancellations = quipu::region::all().with_events<order_cancelled>();
  return store.react("release", cancellations, [](const quipu::event_view& event, auto& emit) {
    const auto cancelled = event.as<order_cancelled>();
    emit(shelf_at(cancelled.product), goods_released{cancelled.pieces});
  });
}

}  // namespace shop
