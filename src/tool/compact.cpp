// SPDX-License-Identifier: BSL-1.0
//
// compact.cpp: `quipu compact`: merges segments, and drops or erases events.
#include "commands.hpp"
#include "selection.hpp"
#include "text.hpp"

#include <fmt/format.h>

namespace quipu::tool {
namespace {

struct selected_events {
  std::uint64_t events{}, payload_bytes{};
};

exit_code try_dry(context& of, source& from, const region& wanted, bool merges) {
  selected_events found;
  if (!merges)
    from.walk(wanted, [&found](const event_view& event) {
      ++found.events;
      found.payload_bytes += event.payload().size();
      return true;
    });
  of.answer(of.code(), json_object{}
                           .add("dry_run", true)
                           .add("selected", found.events)
                           .add("payload_bytes", found.payload_bytes)
                           .add("segments", from.store().segments().size())
                           .str());
  if (of.options.json) return of.code();
  of.out.line(merges
                  ? fmt::format("would merge neighbours among {}", counted(from.store().segments().size(), "segment"))
                  : fmt::format("would take {} with payloads of {}", counted(found.events, "event"),
                                size_text(found.payload_bytes)));
  return of.code();
}

void tell(context& of, const compaction_report& made) {
  of.answer(of.code(), json_object{}
                           .add("dry_run", false)
                           .add("dropped", made.dropped)
                           .add("erased", made.erased)
                           .add("segments_before", made.segments_before)
                           .add("segments_after", made.segments_after)
                           .add("bytes_before", made.bytes_before)
                           .add("bytes_after", made.bytes_after)
                           .str());
  if (of.options.json) return;
  of.out.line(fmt::format("dropped {}, erased {}", grouped(made.dropped), grouped(made.erased)));
  of.out.line(fmt::format("segments {} → {}   {} → {}", grouped(made.segments_before), grouped(made.segments_after),
                          size_text(made.bytes_before), size_text(made.bytes_after)));
}

}  // namespace

exit_code compact(context& of, const compact_options& options) {
  const bool merges = !options.drop && !options.erase;
  if (options.drop && options.erase) throw command_failure{exit_code::unusable, "either --drop or --erase"};
  if (merges != selects_all(options.selected))
    throw command_failure{exit_code::unusable,
                          merges ? "say what becomes of the selected events: --drop or --erase"
                                 : "--drop and --erase need a selection, such as --entity or --until"};
  region wanted = region::all();
  {
    source from{of, options.store};
    if (from.is_damaged()) throw command_failure{exit_code::found, "a damaged log is not compacted"};
    from.store().require_no_replica();
    wanted = region_of(of, from, options.selected);
    if (options.dry_run) return try_dry(of, from, wanted, merges);
    if (from.store().has_key() && of.options.key_file.empty())
      throw command_failure{exit_code::key_missing, "the store's chain has a key; give it with --key-file"};
  }
  config settings{.directory = options.store};
  settings.create_if_missing = false;
  settings.chain_key = of.chain_key();
  store to{settings};
  const auto keep = [&wanted](const event_view& event) { return !event.is_in(wanted); };
  const compaction policy = merges         ? compaction::merge()
                            : options.drop ? compaction::retain(keep)
                                           : compaction::tombstone(keep);
  const compaction_report made = to.compact(policy, [&of](const progress& now) {
    of.out.show_progress("compacting", now.done, now.total);
    return true;
  });
  of.out.clear_progress();
  to.close();
  tell(of, made);
  return of.code();
}

}  // namespace quipu::tool
