// SPDX-License-Identifier: BSL-1.0
//
// simulated_cluster_run.hpp: the definitions of simulated_cluster.hpp.
#pragma once

#include "simulated_cluster.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace replication_tests {

using std::chrono::milliseconds;

inline const quipu::replication_options& simulated_options() {
  static const quipu::replication_options options{.record_bytes = 600};
  return options;
}

inline simulated_cluster::simulated_cluster(std::uint64_t seed, const cluster_plan& plan, cluster_counts& counts)
    : seed_{seed}, plan_{plan}, counts_{counts}, random_{seed} {
  for (simulated_replica& each : machines_) {
    each.disk = simulation::disk{random_.next(), "replica"};
    each.connection = std::make_unique<quipu::memory_shared_log>(shared_, draw_faults());
  }
}

inline void simulated_cluster::fail(const std::string& what) const {
  throw broken_promise{"seed " + std::to_string(seed_) + (plan_.buffered ? ", buffered" : ", durable") +
                       (plan_.plants_fault ? ", planted: " : ": ") + what};
}

inline quipu::config simulated_cluster::settings_of(const simulated_replica& of) const {
  quipu::config settings{.directory = "replica", .segment_max_bytes = 4096};
  settings.sync.mode = plan_.buffered ? quipu::sync_mode::buffered : quipu::sync_mode::durable;
  settings.sync.interval_ms = 0;  // no thread of a store's own
  settings.writer.preallocate_bytes = 0;
  return test_settings::settings_in(of.disk, std::move(settings));
}

inline quipu::shared_log_faults simulated_cluster::draw_faults() {
  const auto rate = [this] { return random_.below(3) == 0 ? static_cast<unsigned>(random_.below(200)) : 0U; };
  return {.seed = random_.next(),
          .unavailable = rate(),
          .lost_acknowledgements = rate(),
          .lost_appends = rate(),
          .late_appends = rate(),
          .repeats = rate(),
          .gaps = rate(),
          .short_reads = rate()};
}

template <class Call>
void simulated_cluster::on_machine(simulated_replica& on, const Call& call) {
  try {
    call();
  } catch (const quipu::error& failure) {
    if (on.disk.is_off()) return crash(on);
    if (failure.code() == quipu::errc::unavailable) return;
    if (failure.code() != quipu::errc::diverged || !is_planted_) fail(failure.what());
    on.has_diverged = true;
    on.proposer->fail_all(std::current_exception());
  } catch (const quipu::simulated_stop&) {
    crash(on);
  }
}

inline void simulated_cluster::crash(simulated_replica& on) {
  ++counts_.crashes;
  on.proposer.reset();
  on.applier.reset();
  on.log.reset();
  on.disk = random_.below(4) == 0 ? on.disk.after_death() : on.disk.after_power_cut(random_);
}

inline void simulated_cluster::start(simulated_replica& on) {
  on_machine(on, [&] {
    const auto known = quipu::replica_log::lineage_in(settings_of(on));
    const milliseconds once{0};
    const auto lineage = known ? *known : quipu::detail::lineage_of(*on.connection, once);
    on.log = std::make_unique<quipu::replica_log>(settings_of(on), nullptr, lineage);
    on.log->claim();
    on.applier = std::make_unique<quipu::detail::record_applier>(*on.log, window);
    on.proposer = std::make_unique<quipu::detail::record_proposer>(lineage, simulated_options());
  });
}

inline void simulated_cluster::propose(simulated_replica& on) {
  const std::string entity = "account:" + std::to_string(random_.below(3));
  const quipu::coordinate where{entity, "branch"};
  attempted made{.number = attempts_.size()};
  quipu::append_options options;
  const std::uint64_t count = on.log->source().snapshot_of(entity).count;
  switch (random_.below(4)) {
    case 0:
      if (count == 0) {
        options.expected = quipu::expected_version::no_stream();
      } else {
        made.expected_last = count - 1;
        options.expected = quipu::expected_version::exactly(count - 1);
      }
      break;
    case 1:
      options.tags = {"seat:" + std::to_string(random_.below(6))};
      options.condition = quipu::none_ever(quipu::region::tag(options.tags.front()));
      break;
    case 2:
      made.number = random_.below(5) + std::numeric_limits<std::uint32_t>::max();
      made.is_keyed = true;
      options.idempotency_key = quipu::event_id::from_name(std::to_string(made.number));
      break;
    default:
      break;
  }
  const quipu::coordinate place = made.is_keyed ? quipu::coordinate{"account:key", "branch"} : where;
  const auto content = quipu::encode(numbered{made.number});
  const auto entry =
      quipu::detail::entry_of(place, quipu::detail::describe_event<numbered>(), quipu::bytes_view{content}, options);
  auto proposal = std::make_shared<quipu::detail::proposal>();
  proposal->encoded = quipu::detail::encode_proposal({&entry, 1}, on.log->source().now_us());
  proposal->give_up_at = quipu::detail::proposal::clock::time_point::max();
  made.answer = proposal->answer.get_future();
  on.proposer->add(std::move(proposal));
  attempts_.push_back(std::move(made));
}

inline void simulated_cluster::send(simulated_replica& on) {
  if (on.applier->position() == 0) return;
  const auto record = on.proposer->next(on.applier->position(), on.applier->head());
  if (!record) return;
  ++counts_.records;
  const auto answer = on.connection->append(record->content, record->id);
  on.proposer->record_answer(answer);
  if (!answer.is_ok() || random_.below(2) == 0) return;
  const quipu::shared_record own{answer.value(), {record->content.begin(), record->content.end()}};
  auto applied = on.applier->apply_acknowledged(own);
  counts_.applied_unread += applied.size();
  record_applied(on, std::move(applied));
}

/// The position that an event came from.
inline std::uint64_t position_of(const simulated_replica& of, std::uint64_t sequence) {
  const auto found = of.log->source().snapshot().find_sequence(sequence);
  const auto place = found.frame.extension(quipu::detail::extension_type::shared_place);
  return place ? quipu::detail::shared_place_layout::position.load(place->data()) : 0;
}

inline void simulated_cluster::read(simulated_replica& on) {
  const auto found = on.connection->read(on.applier->next_position(), 1 + random_.below(5), milliseconds{0});
  if (found.is_ok()) record_applied(on, on.applier->apply(found.value()));
}

inline void simulated_cluster::record_applied(simulated_replica& on,
                                              std::vector<quipu::detail::applied_record> applied) {
  for (auto& each : applied) {
    counts_.expired += each.has_expired ? 1 : 0;
    counts_.repeated += each.decisions.empty() && !each.has_expired ? 1 : 0;
    const auto added_event = [&](const quipu::detail::decision& decided) {
      return !decided.receipts.empty() && position_of(on, decided.receipts.back().sequence) == each.position;
    };
    if (std::any_of(each.decisions.begin(), each.decisions.end(), added_event)) with_effect_.insert(each.position);
    on.proposer->record_applied(std::move(each));
  }
  note_head(on);
}

inline void simulated_cluster::note_head(const simulated_replica& of) {
  if (of.applier->position() == 0 || is_planted_) return;
  const auto [known, is_new] = heads_.emplace(of.applier->position(), of.applier->head());
  if (!is_new && known->second != of.applier->head())
    fail("two heads at position " + std::to_string(of.applier->position()));
}

inline void simulated_cluster::step() {
  simulated_replica& on = any();
  if (on.has_diverged) return;
  if (!on.log || !on.applier || !on.proposer) return start(on);
  switch (random_.below(12)) {
    case 0:
      on.disk.plan({.at = random_.below(12), .effect = simulation::dies});
      break;
    case 1:
      on.connection->cut(random_.below(3) == 0);
      break;
    case 2:
    case 3:
    case 4:
      on_machine(on, [&] { propose(on); });
      break;
    case 5:
    case 6:
    case 7:
      on_machine(on, [&] { send(on); });
      break;
    default:
      on_machine(on, [&] { read(on); });
      break;
  }
}

/// Loses or alters a record that a replica has applied and another has not.
inline void simulated_cluster::plant() {
  for (const simulated_replica& each : machines_)
    if (!each.applier) return;  // what it has is not known
  for (const std::uint64_t position : with_effect_) {
    const auto has = [position](const simulated_replica& each) {
      return std::max(each.applier->position(), each.applier->resumed_position()) >= position;
    };
    if (std::none_of(machines_.begin(), machines_.end(), has) || std::all_of(machines_.begin(), machines_.end(), has))
      continue;
    is_planted_ = true;
    ++counts_.planted;
    if (random_.below(2) == 0) {
      shared_.lose(position);
      return;
    }
    const auto found = shared_.read(position, 1, milliseconds{0}).value();
    auto altered = quipu::detail::decode_record({found.front().bytes.data(), found.front().bytes.size()}).value();
    for (quipu::bytes& each : altered.proposals) {  // what was refused may be altered without effect
      auto proposal = quipu::decode<quipu::detail::wire_proposal>(quipu::bytes_view{each});
      proposal.entries.front().payload[0] ^= std::byte{1};
      each = quipu::encode(proposal);
    }
    const auto content = quipu::detail::encode_record(altered);
    shared_.alter(position, {content.begin(), content.end()});
    return;
  }
}

/// All machines run, the shared log is well, and everything that was proposed is decided.
inline void simulated_cluster::heal() {
  for (simulated_replica& each : machines_) {
    each.disk.plan({});
    each.connection = std::make_unique<quipu::memory_shared_log>(shared_, quipu::shared_log_faults{});
  }
  shared_.settle();
  for (int round = 0; round < 2; ++round) {
    for (simulated_replica& each : machines_) {
      if (!each.has_diverged && !each.log) start(each);
      if (each.has_diverged || !each.log) continue;
      on_machine(each, [&] { propose(each); });
    }
    for (int turn = 0; turn < 200; ++turn) {
      for (simulated_replica& each : machines_) {
        if (!each.has_diverged) on_machine(each, [&] { send(each); });
        if (!each.has_diverged) on_machine(each, [&] { read(each); });
      }
      const std::uint64_t last = shared_.extent().value().last;
      const auto is_done = [last](const simulated_replica& each) {
        return each.has_diverged || (each.applier->next_position() > last && !each.proposer->has_work());
      };
      if (std::all_of(machines_.begin(), machines_.end(), is_done)) break;
    }
  }
}

inline void simulated_cluster::check_answers() {
  std::map<std::uint64_t, std::size_t> times;
  const auto seen = machines_.front().log->source().snapshot();
  std::set<std::string> seats;
  for (const auto& event : quipu::event_range{seen, quipu::region::all()}) {
    ++times[event.as<numbered>().number];
    for (const auto& tag : event.tags())
      if (!seats.insert(std::string{tag}).second) fail("a condition was decided two ways: " + std::string{tag});
  }
  for (attempted& each : attempts_) {
    const std::size_t count = times[each.number];
    if (count > 1) fail("append " + std::to_string(each.number) + " happened twice");
    try {
      if (each.answer.wait_for(milliseconds{0}) != std::future_status::ready) fail("an append got no answer");
      const auto receipts = quipu::detail::receipts_of(each.answer);
      ++counts_.acknowledged;
      const auto found = seen.find_sequence(receipts.front().sequence);
      if (count != 1 || !found || found.frame.id() != receipts.front().id ||
          found.frame.hash() != receipts.front().hash)
        fail("an acknowledged append is lost: " + std::to_string(each.number));
      if (each.expected_last && receipts.front().entity_sequence != *each.expected_last + 1)
        fail("an expectation did not hold: " + std::to_string(each.number));
    } catch (const quipu::error&) {
      ++counts_.refused;
      if (count != 0 && !each.is_keyed) fail("a refused append is in the log: " + std::to_string(each.number));
    } catch (const std::future_error&) {
      ++counts_.unknown;  // its replica crashed
    }
  }
}

inline void simulated_cluster::check_logs() {
  const quipu::digest head = machines_.front().log->source().head();
  for (const simulated_replica& each : machines_) {
    if (each.log->source().head() != head || each.applier->head() != head) fail("the heads differ at the end");
    if (each.applier->position() != machines_.front().applier->position()) fail("a replica is behind at the end");
  }
}

inline void simulated_cluster::run() {
  ++counts_.schedules;
  const std::size_t steps = 20 + random_.below(80);
  for (std::size_t count = 0; count < steps; ++count) {
    step();
    if (plan_.plants_fault && !is_planted_ && count > steps / 3) plant();
  }
  heal();
  if (is_planted_) {
    const auto diverged = [](const simulated_replica& each) { return each.has_diverged; };
    if (std::none_of(machines_.begin(), machines_.end(), diverged)) fail("the planted fault was not noticed");
    ++counts_.noticed;
    return;
  }
  check_logs();
  check_answers();
}

/// Runs the schedule of a seed: of eight, one plants a fault, and some do not flush.
inline void run_schedule(std::uint64_t seed, cluster_counts& counts) {
  const bool plants = seed % 8 == 0;
  simulated_cluster{seed, {.buffered = !plants && seed % 3 == 0, .plants_fault = plants}, counts}.run();
}

}  // namespace replication_tests
