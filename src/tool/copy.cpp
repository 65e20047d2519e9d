// SPDX-License-Identifier: BSL-1.0
//
// copy.cpp: `quipu snapshot` and `quipu salvage`: copies of a whole log, and of what is sound of a damaged one.
#include "commands.hpp"
#include "event_copier.hpp"
#include "source.hpp"
#include "target.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace quipu::tool {

exit_code snapshot(context& of, const copy_options& options) {
  source from{of, options.from};
  if (from.is_damaged())
    throw command_failure{exit_code::found, "a damaged log is not copied; `quipu salvage` copies what is sound of it"};
  refuse_target_in_store(options.to, options.from);
  from.store().snapshot(options.to);
  const std::uint64_t events = open_to_inspect(reading_settings(of, options.to))->end_sequence();
  of.answer(of.code(), json_object{}.add("to", options.to).add("events", events).str());
  if (!of.options.json) of.out.line(fmt::format("copied {} to {}", counted(events, "event"), printable(options.to)));
  return of.code();
}

exit_code salvage(context& of, const copy_options& options) {
  if (std::error_code ignored;
      std::filesystem::exists(options.to, ignored) && !std::filesystem::is_empty(options.to, ignored))
    throw command_failure{exit_code::unusable, fmt::format("{} is not empty", printable(options.to))};
  source from{of, options.from};
  refuse_target_in_store(options.to, options.from);
  quipu::detail::logged_schemas schemas;
  config target{.directory = options.to};
  target.chain = from.store().diagnostics().chained;
  target.chain_key = of.chain_key();
  event_copier to{target};
  const std::uint64_t end = from.store().end_sequence();
  std::uint64_t refused = 0;
  from.walk(region::all(), [&](const event_view& event) {
    if (const auto why = to.try_append(copied_event::of(event, schemas.of(event)))) {
      ++refused;
      of.diagnose(fmt::format("event {} is left out: {}", event.sequence(), text_of(*why)));
    }
    of.out.show_progress("copying", event.sequence(), end);
    return true;
  });
  to.close();
  of.answer(of.code(), json_object{}
                           .add("to", options.to)
                           .add("events", to.appended())
                           .add("left_out", to.left_out())
                           .add("refused", refused)
                           .str());
  if (of.options.json) return of.code();
  of.out.line(fmt::format("copied {} to {}, with new numbers, ids and hashes", counted(to.appended(), "sound event"),
                          printable(options.to)));
  if (to.left_out() != 0) of.out.line(fmt::format("left out {}", counted(to.left_out(), "erased event")));
  if (refused != 0)
    of.out.line(
        fmt::format("left out {} that a new store {}", counted(refused, "event"), refused == 1 ? "refuses" : "refuse"));
  return of.code();
}

}  // namespace quipu::tool
