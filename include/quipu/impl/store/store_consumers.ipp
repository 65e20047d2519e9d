// SPDX-License-Identifier: BSL-1.0
//
// store_consumers.ipp: see store/store_consumers.hpp.
#pragma once

#include "../../store/store_consumers.hpp"

#include "../../core/error.hpp"
#include "../../delivery/detail/checkpoint_files.hpp"
#include "../../delivery/detail/model_body.hpp"
#include "../../delivery/detail/worker_body.hpp"
#include "../../delivery/detail/worker_record.hpp"
#include "../../journal/write/journal.hpp"
#include "../../outcome/detail/attempt.hpp"
#include "../../store/detail/core_checkpoints.hpp"
#include "../../store/detail/writer_core.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quipu::inline QUIPU_MODE {

QUIPU_DECL detail::writer_core& store_consumers::writer() const {
  return static_cast<detail::writer_core&>(*core().share());
}

QUIPU_DECL detail::journal& store_consumers::log() const { return writer().usable_log(); }

QUIPU_DECL named_cursor store_consumers::cursor_guaranteed(std::string_view name, region wanted,
                                                           const cursor_position& from, const unknown_kinds& unknown) {
  const auto core = usable_core();
  return detail::open_named_cursor(core, name, std::move(wanted), from, unknown);
}

QUIPU_DECL bool store_consumers::remove_cursor(std::string_view name) {
  const auto core = usable_core();
  const std::lock_guard lock{core->checkpoints};
  log().sync(0);  // refuses where nothing may be written
  return detail::remove_checkpoint(log().directory(), name);
}

QUIPU_DECL std::vector<parked_event> store_consumers::parked(std::string_view name) {
  const detail::checkpoint found = checkpoint_of(name);
  return detail::worker_record::of(bytes_view{found.state}, name).parked;
}

QUIPU_DECL outcome<std::vector<parked_event>> store_consumers::try_parked(std::string_view name) {
  return detail::attempt([&] { return parked(name); });
}

QUIPU_DECL bool store_consumers::give_up_parked(std::string_view name, const event_id& which) {
  const auto core = usable_core();
  const detail::name_claim claim{core->workers, name};
  detail::checkpoint found = checkpoint_of(name);
  detail::worker_record record = detail::worker_record::of(bytes_view{found.state}, name);
  if (!record.remove_parked(which)) return false;
  found.state = record.encode();
  detail::core_checkpoints{core}.save(found, found.commit, 0);
  return true;
}

QUIPU_DECL outcome<bool> store_consumers::try_give_up_parked(std::string_view name, const event_id& which) {
  return detail::attempt([&] { return give_up_parked(name, which); });
}

QUIPU_DECL outcome<named_cursor> store_consumers::try_cursor_guaranteed(std::string_view name, region wanted,
                                                                        const cursor_position& from,
                                                                        const unknown_kinds& unknown) {
  return detail::attempt([&] { return cursor_guaranteed(name, std::move(wanted), from, unknown); });
}

QUIPU_DECL store_stats store_consumers::stats() { return writer().stats(); }

QUIPU_DECL store_diagnostics store_consumers::diagnostics() { return writer().diagnostics(); }

QUIPU_DECL std::shared_ptr<detail::writer_core> store_consumers::usable_core() const {
  static_cast<void>(log());
  return std::static_pointer_cast<detail::writer_core>(core().share());
}

QUIPU_DECL detail::checkpoint store_consumers::checkpoint_of(std::string_view name) const {
  auto found = detail::core_checkpoints{usable_core()}.load(name);
  if (!found) throw error{errc::not_found, "no cursor has the name \"" + std::string{name} + "\""};
  return *std::move(found);
}

QUIPU_DECL worker store_consumers::make_worker(std::string_view name, region wanted,
                                               std::function<void(const event_view&)> handle,
                                               std::function<void()> before_commit, const worker_policy& policy) {
  const auto core = usable_core();
  detail::worker_parts parts{
      .claim = {core->workers, name},
      .source = detail::source_of(core),
      .open = [core, name = std::string{name}, wanted, from = policy.from,
               unknown = policy.unknown_kinds] { return detail::open_named_cursor(core, name, wanted, from, unknown); },
      .handle = std::move(handle),
      .before_commit = std::move(before_commit),
      .check_waiting = [core] { core->log.check_fence_thread(); },
      .told = settings().observer};
  return worker{std::make_shared<detail::worker_body>(std::move(parts), policy)};
}

QUIPU_DECL std::shared_ptr<detail::model_body> store_consumers::make_model(std::string_view name, region wanted,
                                                                           const detail::model_operations& type,
                                                                           const read_model_options& options,
                                                                           std::shared_ptr<const void> made_with) {
  const auto core = usable_core();
  detail::name_claim claim{core->workers, std::string{"model:"}.append(name)};
  return std::make_shared<detail::model_body>(
      type, detail::model_parts{.claim = std::move(claim),
                                .source = detail::source_of(core),
                                .files = std::make_unique<detail::core_checkpoints>(core),
                                .wanted = std::move(wanted),
                                .save_every_events = options.save_every_events,
                                .unknown = options.unknown_kinds.with_projected(type.shapes),
                                .told = settings().observer,
                                .made_with = std::move(made_with),
                                .is_current = options.current});
}

}  // namespace quipu::inline QUIPU_MODE
