// SPDX-License-Identifier: BSL-1.0
//
// cat.cpp: `quipu cat`: events, one a line.
#include "commands.hpp"
#include "event_text.hpp"
#include "selection.hpp"
#include "table.hpp"
#include "text.hpp"

namespace quipu::tool {
namespace {

/// Writes events as rows of a table, or as JSON lines.
class event_writer {
 public:
  event_writer(context& of, time_form times)
      : of_{of},
        times_{times},
        rows_{of.out,
              {{"SEQ", align::right, style::faint},
               {"TIME (UTC)", align::left, style::faint},
               {"ENTITY", align::left, style::strong},
               {"N", align::right},
               {"KIND", align::left, style::accent},
               {"PAYLOAD"}},
              table_kind::streaming} {}

  void write(const event_view& event) {
    has_written_ = true;
    if (of_.options.json) return of_.out.line(event_json(of_, event));
    std::string content = payload_text(of_, event);
    if (const std::string tags = tags_text(event); !tags.empty()) content += " [" + tags + "]";
    rows_.row({std::to_string(event.sequence()), time_text(event.timestamp_us(), times_), printable(event.entity()),
               std::to_string(event.entity_sequence()), of_.name_of(event.kind()), std::move(content)});
  }
  void finish() { rows_.finish(); }
  [[nodiscard]] bool has_written() const noexcept { return has_written_; }

 private:
  context& of_;
  time_form times_;
  table rows_;
  bool has_written_{};
};

/// The time alone where the log's first and last event that may be shown are of one day.
time_form form_of(source& from, const region& wanted) {
  const auto first = from.reading([&]() -> std::optional<event_view> {
    const event_range events =
        from.store().query(between(region::all(), wanted.first_sequence(), wanted.last_sequence()));
    const auto begin = events.begin();
    return begin == events.end() ? std::nullopt : std::optional{*begin};
  });
  const auto last = from.last(between(region::all(), wanted.first_sequence(), wanted.last_sequence()), 1);
  if (!first || last.empty()) return time_form::time;
  const auto day = [](const event_view& event) { return time_text(event.timestamp_us(), time_form::date); };
  return day(*first) == day(last.front()) ? time_form::time : time_form::date_time;
}

[[noreturn]] void follow(source& from, const region& wanted, event_writer& to, output& out, std::uint64_t next) {
  for (;;) {
    to.finish();
    out.flush();
    from.store().wait_for(next);
    const std::uint64_t end = from.store().end_sequence();
    if (end == next) continue;
    from.walk(between(wanted, next, end - 1), [&to](const event_view& event) {
      to.write(event);
      return true;
    });
    next = end;
  }
}

}  // namespace

exit_code cat(context& of, const cat_options& options) {
  source from{of, options.store};
  const region wanted = region_of(of, from, options.selected);
  event_writer to{of, options.follow ? time_form::date_time : form_of(from, wanted)};
  const std::uint64_t end = from.store().end_sequence();
  if (options.last) {
    for (const event_view& each : from.last(wanted, *options.last)) to.write(each);
  } else {
    from.walk(wanted, [&to](const event_view& event) {
      to.write(event);
      return true;
    });
  }
  if (options.follow) follow(from, wanted, to, of.out, end);
  to.finish();
  if (!to.has_written()) tell_nothing_selected(of, from, options.selected);
  return of.code();
}

}  // namespace quipu::tool
