// SPDX-License-Identifier: BSL-1.0
//
// batch_witness.hpp: a reader that asks a store one question after the other, and remembers the answers. No answer may
// show a part of a batch, nor less than what was seen before.
#pragma once

#include "batch_plan.hpp"

#include <quipu/coordinate/region.hpp>
#include <quipu/delivery/cursor.hpp>
#include <quipu/event/event_id.hpp>
#include <quipu/event/event_view.hpp>
#include <quipu/store/store_reader.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace torture {

/// The questions. One answer that was judged is one read.
enum class question : unsigned char {
  end,             ///< how many events there are
  version,         ///< whether an entity's stream has grown, and its state where it has
  last,            ///< the last event
  last_of_group,   ///< the last event in a group's scope
  new_events,      ///< what a cursor has not returned yet
  find,            ///< an event that was seen, by its id
  count,           ///< the events of a kind
  count_of_group,  ///< the events in a group's scope
  tail,            ///< the events at the end, the last one first
  replay,          ///< a state of all events in a group's scope
};
inline constexpr std::array<std::string_view, 10> question_names{"ends",
                                                                 "versions",
                                                                 "last events",
                                                                 "last events of groups",
                                                                 "polls",
                                                                 "events found by id",
                                                                 "counts of a kind",
                                                                 "counts of groups",
                                                                 "tails",
                                                                 "replays"};

/// How far the store was seen to have come: what was seen or acknowledged must be seen by all readers from then on.
/// Shared by all processes.
struct seen_page {
  std::atomic<std::uint64_t> here{};       ///< a reader in the writer's process must see so many events
  std::atomic<std::uint64_t> elsewhere{};  ///< a reader in another process
  std::atomic<bool> is_over{};

  static void raise(std::atomic<std::uint64_t>& number, std::uint64_t to) noexcept {
    for (std::uint64_t now = number.load(); now < to && !number.compare_exchange_weak(now, to);) continue;
  }
};

/// Of one reader, in a page that is shared with the process that prints them.
using read_counts = std::array<std::atomic<std::uint64_t>, question_names.size()>;

class batch_witness {
 public:
  enum class place : unsigned char { writers_process, another_process };

  /// `plan_seed` is that of the writer's batches; `seed` decides the questions.
  batch_witness(std::uint64_t plan_seed, std::uint64_t seed, place where, seen_page& seen, read_counts& counts);

  /// Asks this store from now on; `end` returns its number of events.
  void begin(quipu::store_reader& of, std::function<std::uint64_t()> end);
  /// Asks something, mostly what is soon answered. Throws `std::runtime_error` for an answer that shows a part of a
  /// batch, or less than another reader or an earlier answer.
  void ask();
  /// Asks each question once.
  void ask_all();
  /// Must be called before the store is closed.
  void end() { cursor_.reset(); }

 private:
  struct seen_event {
    quipu::event_id id{};
    std::uint64_t sequence{};
  };
  struct group_memory {
    batch_ends ends;
    quipu::region wanted;
    std::uint64_t count{};
    std::uint64_t last{};
    std::vector<std::uint64_t> versions{};
  };

  void ask(question what);
  void judge_end(std::uint64_t events, const char* where);
  void ask_version();
  void ask_last_of_group();
  void ask_new_events();
  void remember(const seen_event& event);
  void ask_find();
  void ask_count_of_group();
  void ask_tail();
  void ask_replay();
  [[nodiscard]] std::size_t any_group() noexcept { return random_.below(entities_of_group.size()); }

  simulation::seeded random_;
  place where_;
  seen_page& page_;
  read_counts& counts_;
  quipu::store_reader* store_{};
  std::function<std::uint64_t()> end_{};
  std::uint64_t least_{};  // an answer to the question that is being asked must include so many events

  std::uint64_t seen_{};
  batch_ends ends_;
  std::vector<group_memory> groups_{};
  batch_plan polled_;
  std::size_t polled_place_{};
  std::vector<seen_event> events_{};
  std::optional<quipu::cursor> cursor_{};
};

}  // namespace torture
