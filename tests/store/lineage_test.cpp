// SPDX-License-Identifier: BSL-1.0
//
// lineage_test.cpp: what an event came from and what came of it.
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace store_tests;

namespace {

const quipu::coordinate alice{"account:alice", "branch:zurich"};
const quipu::coordinate bob{"account:bob", "branch:zurich"};

std::vector<std::uint64_t> numbers(const std::vector<quipu::event_view>& events) {
  std::vector<std::uint64_t> all;
  for (const quipu::event_view& event : events) all.push_back(event.sequence());
  return all;
}
using list = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a reaction names its cause and belongs to its conversation", "[lineage]") {
  auto store = quipu::in_memory_store();
  const auto order = store.append(alice, deposited{1});                // 0
  const auto other = store.append(bob, deposited{2});                  // 1
  const auto paid = store.append_reaction(bob, deposited{3}, order);   // 2
  const auto sent = store.append_reaction(alice, deposited{4}, paid);  // 3
  const auto told = store.append_reaction(bob, deposited{5}, paid);    // 4
  CHECK(numbers(store.causes(order.id)).empty());
  CHECK(numbers(store.causes(paid.id)) == list{0});
  CHECK(numbers(store.causes(told.id)) == list{2});
  CHECK(numbers(store.effects(order.id)) == list{2});
  CHECK(numbers(store.effects(paid.id)) == list{3, 4});
  CHECK(numbers(store.effects(sent.id)).empty());
  for (const auto& receipt : {order, paid, sent, told})
    CHECK(numbers(store.correlated(receipt.id)) == list{0, 2, 3, 4});
  CHECK(numbers(store.correlated(other.id)) == list{1});
  CHECK(numbers(store.ancestors(told.id, 10)) == list{2, 1});
  CHECK(numbers(store.ancestors(told.id, 1)) == list{2});
  CHECK(numbers(store.ancestors(order.id, 10)).empty());
}

TEST_CASE("the lineage of an event that isn't there is an error", "[lineage]") {
  auto store = quipu::in_memory_store();
  const auto nobody = quipu::event_id::generate();
  CHECK(code_of([&] { (void)store.causes(nobody); }) == quipu::errc::not_found);
  CHECK(code_of([&] { (void)store.effects(nobody); }) == quipu::errc::not_found);
  CHECK(code_of([&] { (void)store.correlated(nobody); }) == quipu::errc::not_found);
  CHECK(code_of([&] { (void)store.ancestors(nobody, 1); }) == quipu::errc::not_found);
  CHECK(code_of([&] { (void)store.causal_graph(nobody); }) == quipu::errc::not_found);
}

TEST_CASE("a conversation may be named by an id that is no event's", "[lineage]") {
  auto store = quipu::in_memory_store();
  const auto request = quipu::event_id::from_name("request 17");
  const auto first = store.append(alice, deposited{1}, {.correlation_id = request});
  store.append(bob, deposited{2}, {.correlation_id = request});
  CHECK(numbers(store.correlated(first.id)) == list{0, 1});
}

TEST_CASE("lineage crosses segments, batches and reopening", "[lineage]") {
  const scratch_folder folder;
  quipu::event_id first{};
  {
    quipu::store store{small_segments(folder / "data")};
    quipu::batch events;
    const auto begin = events.add(alice, deposited{0});
    const auto middle = events.add_reaction(bob, deposited{1}, begin);
    events.add_reaction(alice, deposited{2}, middle);
    first = store.append(events).front().id;
    for (int index = 0; index < 100; ++index) {
      quipu::append_options options;
      options.causation_id = first;
      store.append(bob, deposited{index}, options);
    }
    CHECK(store.stats().segments > 3);
    CHECK(store.effects(first).size() == 101);
    CHECK(store.correlated(first).size() == 103);
  }
  quipu::store store{small_segments(folder / "data")};
  CHECK(store.effects(first).size() == 101);
  CHECK(store.correlated(first).size() == 103);
  const auto last = store.effects(first).back();
  CHECK(store.ancestors(last.id(), 1000).size() == 100);
}

TEST_CASE("ancestors are all earlier events that were not dropped", "[lineage][compaction]") {
  auto store = quipu::in_memory_store({.segment_max_bytes = 4096});
  std::vector<quipu::receipt> of_alice;
  for (int index = 0; index < 200; ++index) {
    of_alice.push_back(store.append(alice, deposited{index}));
    store.append(bob, deposited{index});
  }
  REQUIRE(store.stats().segments > 3);
  const auto is_kept = [](const quipu::event_view& event) {
    if (event.entity_sequence() >= 20 && event.entity_sequence() < 120) return false;  // whole segments
    return event.entity_sequence() % 3 != 0 || event.entity_sequence() == 180;
  };
  SECTION("some were dropped") { CHECK(store.compact(quipu::compaction::retain(is_kept)).dropped > 100); }
  SECTION("some were erased, which stay") { CHECK(store.compact(quipu::compaction::tombstone(is_kept)).erased > 100); }
  for (const std::uint64_t of : {180U, 121U, 10U, 1U}) {
    list expected;
    for (const auto& event : store.stream("account:alice"))
      if (event.entity_sequence() < of) expected.insert(expected.begin(), event.sequence());
    CHECK(numbers(store.ancestors(of_alice[of].id, 1000)) == expected);
    if (expected.size() > 5) expected.resize(5);
    CHECK(numbers(store.ancestors(of_alice[of].id, 5)) == expected);
  }
  CHECK(store.ancestors(of_alice[1].id, 0).empty());
}

TEST_CASE("a causal graph is drawn for Graphviz and for Mermaid", "[lineage]") {
  auto store = quipu::in_memory_store();
  const auto order = store.append({"order:\"7\"", "shop"}, deposited{1});
  store.append_reaction(alice, deposited{3}, order);
  const auto graph = store.causal_graph(order.id);
  CHECK(graph.edges() == std::vector{quipu::causal_graph::edge{0, 1}});
  CHECK(graph.dot() ==
        "digraph causes {\n"
        "  e0 [label=\"0xF001 order:?7? 0\"];\n"
        "  e1 [label=\"0xF001 account:alice 0\"];\n"
        "  e0 -> e1;\n"
        "}\n");
  CHECK(graph.mermaid() ==
        "flowchart TD\n"
        "  e0[\"0xF001 order:?7? 0\"]\n"
        "  e1[\"0xF001 account:alice 0\"]\n"
        "  e0 --> e1\n");
}

TEST_CASE("a causal graph has the edges of its conversation, and no other", "[lineage]") {
  auto store = quipu::in_memory_store(small_segments());
  const auto elsewhere = store.append({"other", "shop"}, deposited{1});
  std::vector<quipu::receipt> given{store.append({"order", "shop"}, deposited{1})};
  std::vector<quipu::causal_graph::edge> expected;
  seeded numbers{7};
  for (std::size_t effect = 1; effect < 1500; ++effect) {
    const std::size_t cause = effect % 3 == 0 ? effect - 1 : numbers.below(effect);
    given.push_back(store.append_reaction({"order", "shop"}, deposited{1}, given[cause],
                                          {.durability = quipu::durability::buffered}));
    expected.push_back({cause, effect});
    if (effect % 100 == 0) store.append_reaction({"other", "shop"}, deposited{2}, elsewhere);
  }
  // Of the conversation, and caused from outside of it: drawn without its cause.
  store.append({"order", "shop"}, deposited{3}, {.correlation_id = given[0].id, .causation_id = elsewhere.id});
  const auto graph = store.causal_graph(given[700].id);
  CHECK(graph.events().size() == 1501);
  CHECK(graph.edges() == expected);
  CHECK(store.stats().segments > 1);
}

TEST_CASE("a causal graph has no line from outside of it, and no name of an entity breaks it", "[lineage]") {
  auto store = quipu::in_memory_store();
  const auto outside = store.append({"other", "s"}, deposited{1});
  const auto inside = store.append_reaction({"a\x01\x1F\x7F<]|}", "s"}, deposited{2}, outside);
  store.append({"between", "s"}, deposited{3});
  const auto last = store.append_reaction({"b", "s"}, deposited{4}, inside);
  const quipu::causal_graph graph{{store.get(inside.id), store.get(last.id)}};
  CHECK(graph.edges() == std::vector{quipu::causal_graph::edge{0, 1}});
  CHECK(graph.mermaid() ==
        "flowchart TD\n"
        "  e0[\"0xF001 a??????? 0\"]\n"
        "  e1[\"0xF001 b 0\"]\n"
        "  e0 --> e1\n");
  const quipu::causal_graph without_cause{{store.get(outside.id), store.get(last.id)}};
  CHECK(without_cause.edges().empty());
}
