// SPDX-License-Identifier: BSL-1.0
//
// verify.cpp: `quipu verify`: every checksum and every hash of the log.
#include "commands.hpp"
#include "source.hpp"
#include "text.hpp"

#include <fmt/format.h>

namespace quipu::tool {
namespace {

/// Pages of the log are given back after so many events.
constexpr std::uint64_t pages_events = 250'000;

struct findings {
  verification counts{};
  std::optional<digest> head{};
};

std::optional<findings> check(context& of, source& from) {
  if (from.is_damaged()) return std::nullopt;
  try {
    findings found;
    std::uint64_t released = 0;
    found.counts = from.store().verify([&](const progress& now) {
      of.out.show_progress("verifying", now.done, now.total);
      if (now.done - released > pages_events) {
        from.store().release_pages();
        released = now.done;
      }
      return true;
    });
    of.out.clear_progress();
    if (from.store().diagnostics().chained) found.head = from.store().head();
    return found;
  } catch (const error& failure) {
    of.out.clear_progress();
    if (failure.code() == errc::configuration)
      throw command_failure{exit_code::key_missing, "the store's chain has a key; give it with --key-file"};
    from.salvage_after(failure);
    return std::nullopt;
  }
}

void tell_sound(context& of, const findings& found, const std::string& path) {
  of.out.line(fmt::format("{}: {}: {} ({} dropped, {} erased)", of.out.styled(style::good, "sound"), printable(path),
                          counted(found.counts.events, "event"), grouped(found.counts.dropped),
                          grouped(found.counts.erased)));
  if (found.head) of.out.line("head " + found.head->str());
}

std::uint64_t readable_events(source& from) {
  std::uint64_t events = 0;
  for (const segment_info& each : from.store().segments()) events += each.events;
  return events;
}

}  // namespace

exit_code verify(context& of, const verify_options& options) {
  std::optional<digest> expected;
  if (!options.expected_head.empty()) {
    expected = digest::parse(options.expected_head);
    if (!expected) throw command_failure{exit_code::unusable, "--expect-head: a head has 64 hexadecimal digits"};
  }
  source from{of, options.store};
  const auto found = check(of, from);
  json_object data;
  if (!found) {
    const std::uint64_t rest = readable_events(from);
    if (!of.options.json)
      of.out.line(fmt::format("{}: {}: {} can still be read", of.out.styled(style::bad, "damaged"),
                              printable(from.path()), counted(rest, "event")));
    of.answer(exit_code::found, data.add("sound", false).add("readable_events", rest).add_json("head", "null").str());
    return exit_code::found;
  }
  const bool is_other = expected && found->head != expected;
  const exit_code code = is_other ? exit_code::another_head : of.code();
  data.add("sound", true)
      .add("events", found->counts.events)
      .add("dropped", found->counts.dropped)
      .add("erased", found->counts.erased)
      .add_json("head", found->head ? json_string(found->head->str()) : "null");
  if (expected) data.add("is_expected_head", !is_other);
  of.answer(code, data.str());
  if (of.options.json) return code;
  tell_sound(of, *found, from.path());
  if (is_other)
    of.out.line(of.out.styled(style::bad, "not the expected head") +
                ": the log was altered, cut or rolled back, or the "
                "head is of another moment");
  return code;
}

}  // namespace quipu::tool
