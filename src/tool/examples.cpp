// SPDX-License-Identifier: BSL-1.0
//
// examples.cpp: `quipu examples`.
#include "examples.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace quipu::tool {
namespace {

struct example {
  std::string_view wish;
  std::string_view command;
};

/// The tests run each of them, on the stores of docs/command-line.md.
constexpr std::array sheet{
    example{"what is in a store", "quipu info shop"},
    example{"the largest entities", "quipu ls shop --sort events --limit 10"},
    example{"the events of an entity", "quipu cat shop --entity order:1001"},
    example{"the last ten events", "quipu cat shop --last 10"},
    example{"events of a kind in a scope", "quipu cat shop --kind 0x5001 --scope web"},
    example{"events of the last hour", "quipu cat shop --since 1h"},
    example{"events for a program", "quipu cat shop --json"},
    example{"all that is known of an event", "quipu show shop 2"},
    example{"what an event caused", "quipu graph shop 0"},
    example{"that as a picture", "quipu graph shop 0 --format svg"},
    example{"the shapes of events", "quipu kinds shop"},
    example{"how much happened each day", "quipu stats shop --by day"},
    example{"how far consumers are behind", "quipu cursors worked"},
    example{"events that could not be handled", "quipu parked worked"},
    example{"whether a log is sound", "quipu verify shop"},
    example{"the head, to be kept elsewhere", "quipu head shop"},
    example{"whether a copy is the same", "quipu diff shop backup"},
    example{"a copy, while it is written", "quipu snapshot shop copy"},
    example{"the events as a file", "quipu export shop -o shop.jsonl"},
    example{"a new store from such a file", "quipu import shop.jsonl other"},
    example{"what is sound of a damaged store", "quipu salvage shop rescued"},
    example{"what dropping an entity would take", "quipu compact shop --dry-run --drop --entity order:1002"},
    example{"a page with pictures", "quipu report shop -o shop.html"},
    example{"what is in a cache", "quipu cache ls cache"},
};

bool contains(const example& each, std::string_view word) {
  return each.wish.find(word) != std::string_view::npos || each.command.find(word) != std::string_view::npos;
}

}  // namespace

exit_code examples(context& of, const std::string& word) {
  bool is_found = false;
  for (const example& each : sheet) {
    if (!contains(each, word)) continue;
    is_found = true;
    if (of.options.json)
      of.out.line(json_object{}.add("wish", std::string{each.wish}).add("command", std::string{each.command}).str());
    else
      of.out.line(fmt::format("{:<36}{}", each.wish, each.command));
  }
  if (!is_found) throw command_failure{exit_code::unusable, fmt::format("no example has the word {}", word)};
  return of.code();
}

}  // namespace quipu::tool
