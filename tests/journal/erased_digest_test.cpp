// SPDX-License-Identifier: BSL-1.0
//
// erased_digest_test.cpp: what is kept of events that are gone doesn't tell a right guess of their payload from a wrong
// one, unless it was promised to recognise a repeated append; and then only to who has the store's key, if it has one.
#include "compaction_fixture.hpp"
#include "raw_log.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

using namespace simulation;
using quipu::bytes_view;
using quipu::compaction;
using quipu::errc;

namespace {

constexpr std::uint64_t pin = 4711;
const quipu::coordinate card{"card:1", "bank"};
const auto pin_kind = quipu::event_kind::custom(0x3, 1);
const auto key_given = quipu::event_id::from_name("the first PIN");

std::string digits_of(std::uint64_t number) { return std::to_string(10'000 + number).substr(1); }

quipu::config settings_with(bool keyed, bool chained = true) {
  quipu::config settings = compaction_settings(16'384, chained);
  if (keyed) settings.chain_key = quipu::blake3("secret");
  return settings;
}

/// A log with a PIN that was taken from it, and an event after it.
disk log_without_pin(const quipu::config& settings, compaction::how which, bool with_idempotency_key) {
  disk machine{11};
  store made{settings_in(machine, settings)};
  quipu::append_options options;
  if (with_idempotency_key) options.idempotency_key = key_given;
  made.append_raw(card, pin_kind, bytes_view{digits_of(pin)}, options);
  made.append_raw(card, pin_kind, "paid");
  const auto keep = [](const quipu::event_view& event) { return event.sequence() != 0; };
  made.compact(which == compaction::how::retain ? compaction::retain(keep) : compaction::tombstone(keep));
  made.close();
  return machine;
}

/// The guesses whose unkeyed digest is in the store's files.
std::set<std::uint64_t> guessed(const disk& machine) {
  std::string all;
  for (const std::string& name : machine.names()) {
    const quipu::bytes content = machine.content(name);
    all.append(reinterpret_cast<const char*>(content.data()), content.size());
  }
  std::set<std::uint64_t> found;
  const auto where = quipu::detail::digest_of(card.entity(), card.scope());
  for (std::uint64_t guess = 4700; guess < 4720; ++guess) {
    // As docs/format.md has it: the coordinate's digest, kind and version, payload.
    quipu::bytes text;
    quipu::byte_writer writer{text};
    writer.write(where.data(), where.size());
    writer.put(pin_kind.raw());
    writer.put(std::uint16_t{0});
    writer.write(bytes_view{digits_of(guess)});
    const quipu::digest digest = quipu::blake3(text);
    if (all.find(std::string_view{reinterpret_cast<const char*>(digest.bytes().data()), 16}) != std::string::npos)
      found.insert(guess);
  }
  return found;
}

errc repeated(const disk& machine, const quipu::config& settings, std::uint64_t number) {
  store opened{settings_in(machine.after_death(), settings)};
  try {
    const auto given = opened.append_raw(card, pin_kind, bytes_view{digits_of(number)}, {.idempotency_key = key_given});
    return given.sequence == 0 ? errc::timeout : errc::corrupt;
  } catch (const quipu::error& failure) {
    return failure.code();
  }
}

}  // namespace

TEST_CASE("nothing is kept of the content of an event without an idempotency key", "[journal][compaction][erased]") {
  for (const auto which : {compaction::how::tombstone, compaction::how::retain})
    for (const bool keyed : {false, true}) CHECK(guessed(log_without_pin(settings_with(keyed), which, false)).empty());
}

TEST_CASE("where there is a key, what is kept to recognise a repetition can't be tried without it",
          "[journal][compaction][erased]") {
  for (const auto which : {compaction::how::tombstone, compaction::how::retain}) {
    const disk machine = log_without_pin(settings_with(true), which, true);
    CHECK(guessed(machine).empty());
    CHECK(repeated(machine, settings_with(true), pin) == errc::timeout);
    CHECK(repeated(machine, settings_with(true), 4712) == errc::idempotency_mismatch);
  }
}

TEST_CASE("without a key, what is kept recognises a repetition, and so a guess", "[journal][compaction][erased]") {
  for (const bool chained : {false, true}) {
    for (const auto which : {compaction::how::tombstone, compaction::how::retain}) {
      const disk machine = log_without_pin(settings_with(false, chained), which, true);
      CHECK(guessed(machine) == std::set{pin});  // which docs/compaction.md says
      CHECK(repeated(machine, settings_with(false, chained), pin) == errc::timeout);
      CHECK(repeated(machine, settings_with(false, chained), 4712) == errc::idempotency_mismatch);
    }
  }
}

TEST_CASE("an erased event that is dropped later has the same digest", "[journal][compaction][erased]") {
  for (const bool keyed : {false, true}) {
    const disk machine = log_without_pin(settings_with(keyed), compaction::how::tombstone, true);
    {
      store opened{settings_in(machine, settings_with(keyed))};
      opened.compact(compaction::retain([](const quipu::event_view& event) { return event.sequence() != 0; }));
      opened.verify();
    }
    CHECK(repeated(machine, settings_with(keyed), pin) == errc::timeout);
    CHECK(repeated(machine, settings_with(keyed), 4712) == errc::idempotency_mismatch);
  }
}

TEST_CASE("a digest that an earlier version made without the store's key still answers",
          "[journal][compaction][erased]") {
  disk machine = log_without_pin(settings_with(true), compaction::how::tombstone, true);
  const std::string name = "00000000000000000000.segment";
  quipu::bytes content = machine.content(name);
  for (const auto& each : raw_log::frames_of(bytes_view{content})) {
    if (each.internal() || each.sequence != 0) continue;
    const quipu::detail::frame_view frame{content.data() + each.at, true};
    const auto digest = quipu::detail::content_digest_of(quipu::detail::digest_of(card.entity(), card.scope()),
                                                         pin_kind, 0, bytes_view{digits_of(pin)}, nullptr);
    const auto kept = frame.extension(quipu::detail::extension_type::erased);
    REQUIRE(kept);
    const auto at = static_cast<std::size_t>(kept->data() - content.data());
    quipu::detail::erased_content::layout::content.store(content.data() + at, digest);
    raw_log::seal_frame(content, each.at);
    break;
  }
  machine.put(name, bytes_view{content});
  CHECK(guessed(machine) == std::set{pin});
  CHECK(repeated(machine, settings_with(true), pin) == errc::timeout);
  CHECK(repeated(machine, settings_with(true), 4712) == errc::idempotency_mismatch);
}
