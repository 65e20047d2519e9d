// SPDX-License-Identifier: BSL-1.0
//
// keyed_model_fixture.hpp: events with keys, a state of a key, and what a read model by key must be, by the definition:
// for each key the fold of its events after the last one that ended it.
#pragma once

#include "worker_fixture.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyed_tests {

using namespace worker_tests;

/// Belongs to as many articles as it names, to some of them twice.
struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(0x3, 1);
  std::vector<std::string> articles{};
  std::int64_t amount{};
};
/// Belongs to an article, or to none.
struct counted_in {
  static constexpr auto kind = quipu::event_kind::custom(0x3, 2);
  std::optional<std::string> article{};
  std::int64_t amount{};
};
/// Ends an article if it is final.
struct discontinued {
  static constexpr auto kind = quipu::event_kind::custom(0x3, 3);
  std::string article{};
  bool is_final{};
};
/// Belongs to no article.
struct closed_for_today {
  static constexpr auto kind = quipu::event_kind::custom(0x3, 4);
  std::int64_t day{};
};

/// Order matters in it, and each event shows.
struct stock {
  using events = quipu::event_list<ordered, counted_in, discontinued, closed_for_today>;
  std::uint64_t order{};
  std::uint64_t last_entity_sequence{};
  void add(std::uint64_t what) { order = order * 31 + what; }
  void apply(const ordered& event) { add(static_cast<std::uint64_t>(event.amount) + 1); }
  void apply(const counted_in& event, const quipu::event_header& header) {
    add(static_cast<std::uint64_t>(event.amount) + 1000);
    last_entity_sequence = header.position.sequence;
  }
  void apply(const discontinued&) { add(7); }
  void apply(const closed_for_today&) { add(13); }
  static constexpr bool ends(const discontinued& event) { return event.is_final; }
  friend bool operator==(const stock&, const stock&) = default;
};

struct article_of {
  const std::vector<std::string>& operator()(const ordered& event) const { return event.articles; }
  const std::optional<std::string>& operator()(const counted_in& event) const { return event.article; }
  std::string_view operator()(const discontinued& event) const { return event.article; }
  std::nullopt_t operator()(const closed_for_today&) const { return std::nullopt; }
};

using stocks = std::map<std::string, stock>;

/// Whether an event belongs to an article, and whether it ends it; written apart from the library.
inline bool belongs(const event_view& event, const std::string& article) {
  if (const auto order = event.try_as<ordered>()) {
    for (const std::string& each : order->articles)
      if (each == article) return true;
    return false;
  }
  if (const auto count = event.try_as<counted_in>()) return count->article == article;
  if (const auto end = event.try_as<discontinued>()) return end->article == article;
  return false;
}
inline bool ends(const event_view& event) {
  const auto end = event.try_as<discontinued>();
  return end && end->is_final;
}
/// The states of these articles, folded one by one from all events of the log.
template <class Store>
stocks expected_of(Store& store, const region& wanted, const std::vector<std::string>& articles) {
  stocks expected;
  for (const std::string& article : articles) {
    std::vector<event_view> history;
    for (const event_view& event : store.query(wanted)) {
      if (!belongs(event, article)) continue;
      if (ends(event))
        history.clear();
      else
        history.push_back(event);
    }
    if (!history.empty()) expected.emplace(article, quipu::fold<stock>(history));
  }
  return expected;
}
template <class Model>
stocks found_in(const Model& model) {
  stocks found;
  model.for_each([&](std::string_view article, const stock& state) { found.emplace(article, state); });
  return found;
}

}  // namespace keyed_tests
