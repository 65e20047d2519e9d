// SPDX-License-Identifier: BSL-1.0
//
// segments.cpp: `quipu segments`: the files of the log.
#include "commands.hpp"
#include "source.hpp"
#include "table.hpp"
#include "text.hpp"

namespace quipu::tool {

exit_code segments(context& of, const std::string& store) {
  source from{of, store};
  table rows{of.out,
             {{"FIRST", align::right},
              {"EVENTS", align::right},
              {"DROPPED", align::right},
              {"SIZE", align::right},
              {"STATE"},
              {"INDEX"},
              {"FILE", align::left, style::faint}},
             table_kind::streaming};
  from.store().visit_segments([&](const segment_info& each) {
    const std::uint64_t numbers = each.bounds.next_sequence - each.bounds.first_sequence;
    const std::uint64_t dropped = from.is_damaged() || numbers < each.events ? 0 : numbers - each.events;
    const char* const state = each.is_last ? "active" : "sealed";
    if (of.options.json)
      of.out.line(json_object{}
                      .add("file", each.name)
                      .add("first_sequence", each.bounds.first_sequence)
                      .add("next_sequence", each.bounds.next_sequence)
                      .add("events", each.events)
                      .add("dropped", dropped)
                      .add("bytes", each.bytes)
                      .add("state", state)
                      .add("index_file", each.has_index_file)
                      .str());
    else
      rows.row({grouped(each.bounds.first_sequence), grouped(each.events), grouped(dropped), size_text(each.bytes),
                state, each.has_index_file ? "file" : "none", each.name});
  });
  rows.finish();
  return of.code();
}

}  // namespace quipu::tool
