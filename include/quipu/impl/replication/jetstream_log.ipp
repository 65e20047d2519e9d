// SPDX-License-Identifier: BSL-1.0
//
// jetstream_log.ipp: see replication/jetstream_log.hpp.
#pragma once

#include "../../replication/detail/idle_pool.hpp"
#include "../../replication/jetstream_log.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <nats/nats.h>

namespace quipu::detail::inline QUIPU_MODE {

/// Destroys what libnats gives out.
struct nats_deleter {
  void operator()(jsCtx* context) const noexcept { jsCtx_Destroy(context); }
  void operator()(jsMsgMetaData* data) const noexcept { jsMsgMetaData_Destroy(data); }
  void operator()(jsPubAck* acknowledgement) const noexcept { jsPubAck_Destroy(acknowledgement); }
  void operator()(jsStreamInfo* info) const noexcept { jsStreamInfo_Destroy(info); }
  void operator()(natsConnection* connection) const noexcept { natsConnection_Destroy(connection); }
  void operator()(natsMsg* message) const noexcept { natsMsg_Destroy(message); }
  void operator()(natsOptions* options) const noexcept { natsOptions_Destroy(options); }
  // Does not ask the servers to forget the consumer, which would wait for them: they do it by themselves.
  void operator()(natsSubscription* subscription) const noexcept { natsSubscription_Destroy(subscription); }
};
template <class Type>
using nats_owned = std::unique_ptr<Type, nats_deleter>;

using jetstream_time = std::chrono::steady_clock::time_point;

/// The milliseconds that are left, rounded up; not negative.
QUIPU_DECL std::int64_t milliseconds_until(jetstream_time end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  return std::max<std::int64_t>(left.count(), 0);
}

/// The options of a request that waits until `end`.
QUIPU_DECL jsOptions jetstream_options_until(jetstream_time end) {
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = std::max<std::int64_t>(milliseconds_until(end), 1);
  return options;
}

/// "MESSAGE: what libnats says".
QUIPU_DECL std::string with_nats_reason(std::string message, natsStatus status) {
  natsStatus last{};
  const char* const details = nats_GetLastError(&last);
  message.append(": ").append(natsStatus_GetText(status));
  if (last == status && details != nullptr && *details != '\0') message.append(" (").append(details).append(")");
  return message;
}

/// Whether the request failed because no server was there to decide it, and not because one refused it.
QUIPU_DECL bool is_unreached(natsStatus status, jsErrCode refusal) {
  if (status == NATS_NO_RESPONDERS) return true;  // libnats adds that JetStream isn't enabled
  if (refusal == jsErrCode{}) return status != NATS_INVALID_ARG && status != NATS_NO_MEMORY && status != NATS_NOT_FOUND;
  switch (refusal) {
    case JSClusterIncompleteErr:
    case JSClusterNoPeersErr:
    case JSClusterNotAssignedErr:
    case JSClusterNotAvailErr:
    case JSClusterNotLeaderErr:
    case JSStreamOfflineErr:
    case JSConsumerOfflineErr:
      return true;
    default:
      return false;
  }
}

QUIPU_DECL outcome_error jetstream_failure(std::string message, natsStatus status, jsErrCode refusal) {
  const auto code = is_unreached(status, refusal) ? errc::unavailable : errc::io_failed;
  return from_error(error{code, with_nats_reason(std::move(message), status)});
}

}  // namespace quipu::detail::inline QUIPU_MODE

namespace quipu::inline QUIPU_MODE {

/// The connection, which libnats keeps up in threads of its own.
class jetstream_log::servers {
 public:
  servers(const std::string& url, const jetstream_options& how);

  /// Waits until there is a connection. `errc::unavailable`, or `errc::io_failed` if the servers refuse the name and
  /// password, or the token, or a server's certificate is not accepted.
  outcome<jsCtx*> connected(detail::jetstream_time end);

  [[nodiscard]] std::int64_t max_payload() const { return natsConnection_GetMaxPayload(connection_.get()); }

 private:
  /// Shared with the callbacks, which libnats may still call when the connection is destroyed already.
  struct signal {
    std::mutex mutex{};
    std::condition_variable changed{};
  };
  static void on_change(natsConnection* connection, void* closure);
  static void on_closed(natsConnection* connection, void* closure);

  std::shared_ptr<signal> signal_{std::make_shared<signal>()};
  detail::nats_owned<natsConnection> connection_{};
  detail::nats_owned<jsCtx> context_{};
};

QUIPU_DECL void jetstream_log::servers::on_change(natsConnection*, void* closure) {
  const auto& shared = *static_cast<std::shared_ptr<signal>*>(closure);
  const std::lock_guard lock{shared->mutex};
  shared->changed.notify_all();
}

/// The last callback of a connection.
QUIPU_DECL void jetstream_log::servers::on_closed(natsConnection* connection, void* closure) {
  on_change(connection, closure);
  delete static_cast<std::shared_ptr<signal>*>(closure);
}

QUIPU_DECL jetstream_log::servers::servers(const std::string& url, const jetstream_options& how) {
  std::vector<std::string> addresses{std::string{}};
  for (const char letter : url) {
    if (letter == ',')
      addresses.emplace_back();
    else if (letter != ' ')
      addresses.back() += letter;
  }
  std::vector<const char*> names;
  for (const std::string& address : addresses) names.push_back(address.c_str());

  natsOptions* made{};
  natsStatus status = natsOptions_Create(&made);
  const detail::nats_owned<natsOptions> options{made};
  auto closure = std::make_unique<std::shared_ptr<signal>>(signal_);
  const auto set = [&status](natsStatus result) {
    if (status == NATS_OK) status = result;
  };
  set(natsOptions_SetServers(made, names.data(), static_cast<int>(names.size())));
  set(natsOptions_SetName(made, "quipu"));
  set(natsOptions_SetTimeout(made, how.timeout.count()));
  set(natsOptions_SetPingInterval(made, how.timeout.count()));
  if (addresses.front().starts_with("tls://")) set(natsOptions_SetSecure(made, true));
  if (!how.ca_file.empty()) set(natsOptions_LoadCATrustedCertificates(made, how.ca_file.c_str()));
  set(natsOptions_SetMaxReconnect(made, -1));
  set(natsOptions_SetReconnectWait(made, 100));
  set(natsOptions_SetReconnectJitter(made, 50, 50));
  set(natsOptions_SetRetryOnFailedConnect(made, true, &on_change, closure.get()));
  set(natsOptions_SetReconnectedCB(made, &on_change, closure.get()));
  set(natsOptions_SetClosedCB(made, &on_closed, closure.get()));
  // A request whose answer the lost connection would have brought fails at once.
  set(natsOptions_SetFailRequestsOnDisconnect(made, true));
  natsConnection* connection{};
  set(status == NATS_OK ? natsConnection_Connect(&connection, made) : status);
  if (status != NATS_OK && status != NATS_NOT_YET_CONNECTED)
    throw error{errc::configuration, detail::with_nats_reason("the address or options of the NATS servers", status)};
  connection_.reset(connection);
  static_cast<void>(closure.release());
  jsCtx* context{};
  if (natsConnection_JetStream(&context, connection, nullptr) != NATS_OK) throw std::bad_alloc{};
  context_.reset(context);
}

QUIPU_DECL outcome<jsCtx*> jetstream_log::servers::connected(detail::jetstream_time end) {
  const auto status = [this] { return natsConnection_Status(connection_.get()); };
  const auto is_decided = [&] { return status() == NATS_CONN_STATUS_CONNECTED || status() == NATS_CONN_STATUS_CLOSED; };
  std::unique_lock lock{signal_->mutex};
  signal_->changed.wait_until(lock, end, is_decided);
  if (status() == NATS_CONN_STATUS_CONNECTED) return context_.get();
  // libnats gives up by itself where each server has refused it twice, or its certificate is not accepted.
  const bool is_refused = status() == NATS_CONN_STATUS_CLOSED;
  const char* reason{};
  static_cast<void>(natsConnection_GetLastError(connection_.get(), &reason));
  std::string message{is_refused ? "a connection to the NATS servers is refused" : "no connection to a NATS server"};
  if (reason != nullptr && *reason != '\0') message.append(": ").append(reason);
  return from_error(error{is_refused ? errc::io_failed : errc::unavailable, message});
}

/// A subscription to the stream from one position on. Not thread-safe.
class jetstream_log::reader {
 public:
  enum class result : std::uint8_t { waiting, gap, broken };

  reader(natsSubscription* subscription, std::uint64_t from) : subscription_{subscription}, next_{from} {}

  [[nodiscard]] std::uint64_t next() const { return next_; }
  /// Whether it has delivered nothing yet.
  [[nodiscard]] bool is_new() const { return is_new_; }

  /// Adds up to `limit` records, and waits for the first. Other results than `waiting` say that this subscription
  /// delivers no more: records are missing in it, or it failed.
  result receive(std::vector<shared_record>& records, std::size_t limit, std::int64_t wait_ms);

 private:
  detail::nats_owned<natsSubscription> subscription_;
  std::uint64_t next_;
  bool is_new_{true};
};

QUIPU_DECL jetstream_log::reader::result jetstream_log::reader::receive(std::vector<shared_record>& records,
                                                                        std::size_t limit, std::int64_t wait_ms) {
  while (records.size() < limit) {
    natsMsg* raw{};
    const auto status = natsSubscription_NextMsg(&raw, subscription_.get(), records.empty() ? wait_ms : 0);
    if (status == NATS_TIMEOUT) return result::waiting;
    if (status != NATS_OK) return result::broken;
    const detail::nats_owned<natsMsg> message{raw};
    jsMsgMetaData* found{};
    if (natsMsg_GetMetaData(&found, raw) != NATS_OK) return result::broken;
    const detail::nats_owned<jsMsgMetaData> about{found};
    const std::uint64_t position = about->Sequence.Stream;
    if (position < next_) continue;  // asked for a position behind the end, a server delivers from the end on
    if (position > next_) return result::gap;
    const auto* const bytes = reinterpret_cast<const std::byte*>(natsMsg_GetData(raw));
    records.push_back({position, {bytes, bytes + natsMsg_GetDataLength(raw)}});
    next_ = position + 1;
    is_new_ = false;
  }
  return result::waiting;
}

class jetstream_log::state {
 public:
  state(const std::string& url, std::string stream, jetstream_options options)
      : options_{options}, stream_{std::move(stream)}, subject_{"quipu." + stream_}, servers_{url, options_} {}

  outcome<std::uint64_t> append(std::span<const std::byte> record, const event_id& id);
  outcome<std::vector<shared_record>> read(std::uint64_t from, std::size_t limit, std::chrono::milliseconds wait);
  outcome<shared_log_extent> extent();
  outcome<void> trim(std::uint64_t below);

 private:
  [[nodiscard]] detail::jetstream_time time_limit() const {
    return std::chrono::steady_clock::now() + options_.timeout;
  }
  [[nodiscard]] std::string named(std::string_view what) const { return std::string{what} + " stream " + stream_; }

  /// Waits for a connection, and makes the stream if this object has not seen it yet.
  outcome<jsCtx*> ready(detail::jetstream_time end);
  outcome<void> make_stream(jsCtx* context, detail::jetstream_time end);
  outcome<void> check_stream(const jsStreamInfo& info) const;
  outcome<std::unique_ptr<reader>> subscribe(std::uint64_t from);
  outcome<detail::nats_owned<jsStreamInfo>> ask(detail::jetstream_time end);
  /// Whether a leader gave an answer. Without one, any server that has the stream says what it has itself.
  static bool is_led(const jsStreamInfo& info);
  /// Whether a leader's answer counts. A new one answers for a moment as if it did not have the last records of the old
  /// one.
  bool is_settled(const jsStreamInfo& info);
  void see(std::uint64_t position);
  outcome<std::uint64_t> publish(jsCtx* context, std::span<const std::byte> record, const event_id& id,
                                 detail::jetstream_time end);

  /// How often a waiting read looks whether the stream has a record that its subscription did not deliver: a server
  /// that stops takes its subscriptions along.
  static constexpr std::int64_t look_again_ms = 500;
  /// How long a new leader is given to come to the end of the stream.
  static constexpr std::int64_t settling_ms = 250;
  /// How long an append waits before it tries again where no server leads the stream.
  static constexpr std::int64_t pause_ms = 50;

  jetstream_options options_;
  std::string stream_;
  std::string subject_;
  servers servers_;
  detail::idle_pool<reader> idle_{4};
  std::mutex making_stream_{};
  bool has_stream_{};
  std::mutex leader_mutex_{};
  std::string leader_{};  // that answered last
  std::uint64_t seen_{};  // the last position that this object knows of
};

QUIPU_DECL outcome<jsCtx*> jetstream_log::state::ready(detail::jetstream_time end) {
  auto context = servers_.connected(end);
  if (!context.is_ok()) return context;
  const std::lock_guard lock{making_stream_};
  if (has_stream_) return context;
  const auto made = make_stream(context.value(), end);
  if (!made.is_ok()) return made.error();
  has_stream_ = true;
  return context;
}

QUIPU_DECL outcome<void> jetstream_log::state::check_stream(const jsStreamInfo& info) const {
  const auto* const subjects = info.Config->Subjects;
  const bool has_subject = std::any_of(subjects, subjects + info.Config->SubjectsLen,
                                       [this](const char* subject) { return subject_ == subject; });
  if (has_subject && info.Config->Retention == js_LimitsPolicy) return {};
  return from_error(error{errc::configuration, named("the existing") + " needs the subject " + subject_ +
                                                   " and the retention policy \"limits\""});
}

QUIPU_DECL outcome<void> jetstream_log::state::make_stream(jsCtx* context, detail::jetstream_time end) {
  const char* subject = subject_.c_str();
  jsStreamConfig wanted;
  jsStreamConfig_Init(&wanted);
  wanted.Name = stream_.c_str();
  wanted.Subjects = &subject;
  wanted.SubjectsLen = 1;
  wanted.Storage = options_.storage == jetstream_storage::file ? js_FileStorage : js_MemoryStorage;
  wanted.Replicas = options_.replicas;
  wanted.Duplicates = std::chrono::nanoseconds{options_.repeat_window}.count();
  jsOptions limits = detail::jetstream_options_until(end);
  jsErrCode refusal{};
  jsStreamInfo* raw{};
  auto status = js_GetStreamInfo(&raw, context, wanted.Name, &limits, &refusal);
  if (refusal == JSStreamNotFoundErr) {
    status = js_AddStream(&raw, context, &wanted, &limits, &refusal);
    // Another process made it in between.
    if (refusal == JSStreamNameExistErr) status = js_GetStreamInfo(&raw, context, wanted.Name, &limits, &refusal);
  }
  const detail::nats_owned<jsStreamInfo> info{raw};
  if (status != NATS_OK) return detail::jetstream_failure(named("cannot make"), status, refusal);
  return check_stream(*info);
}

QUIPU_DECL outcome<std::uint64_t> jetstream_log::state::append(std::span<const std::byte> record, const event_id& id) {
  const auto end = time_limit();
  const auto context = ready(end);
  if (!context.is_ok()) return context.error();
  // The limit is on record and headers together, and a server closes the connection of a message above it.
  const auto headers = static_cast<std::int64_t>(200 + stream_.size());
  const std::int64_t largest =
      std::min<std::int64_t>(servers_.max_payload(), std::numeric_limits<int>::max()) - headers;
  if (std::cmp_greater(record.size(), largest))
    return from_error(error{errc::payload_too_large, "a record is larger than the NATS server's max_payload"});
  return publish(context.value(), record, id, end);
}

QUIPU_DECL outcome<std::uint64_t> jetstream_log::state::publish(jsCtx* context, std::span<const std::byte> record,
                                                                const event_id& id, detail::jetstream_time end) {
  const std::string name = id.str();
  for (;;) {
    jsPubOptions how;
    jsPubOptions_Init(&how);
    how.MsgId = name.c_str();
    how.ExpectStream = stream_.c_str();
    how.MaxWait = std::max<std::int64_t>(detail::milliseconds_until(end), 1);
    jsPubAck* raw{};
    jsErrCode refusal{};
    const auto status =
        js_Publish(&raw, context, subject_.c_str(), record.data(), static_cast<int>(record.size()), &how, &refusal);
    const detail::nats_owned<jsPubAck> acknowledged{raw};
    // A server that is still busy with the same id answers with no number.
    if (status == NATS_OK && acknowledged->Sequence != 0) {
      see(acknowledged->Sequence);
      return acknowledged->Sequence;
    }
    if (status == NATS_OK)
      return outcome<std::uint64_t>::retry(pause_ms, 1, 0, named("the record is on its way into the"));
    if (refusal == JSStreamMessageExceedsMaximumErr)
      return from_error(error{errc::payload_too_large, "a record is larger than the stream's max_msg_size"});
    if (!detail::is_unreached(status, refusal))
      return detail::jetstream_failure(named("cannot append to the"), status, refusal);
    if (status != NATS_NO_RESPONDERS)
      return outcome<std::uint64_t>::retry(pause_ms, 1, 0,
                                           detail::with_nats_reason(named("no answer from the"), status));
    // No server has the stream's subject at the moment, so none has taken the record: the cluster elects a leader.
    if (detail::milliseconds_until(end) <= pause_ms)
      return detail::jetstream_failure(named("no server leads the"), status, refusal);
    std::this_thread::sleep_for(std::chrono::milliseconds{pause_ms});
  }
}

QUIPU_DECL outcome<std::unique_ptr<jetstream_log::reader>> jetstream_log::state::subscribe(std::uint64_t from) {
  const auto end = time_limit();
  const auto context = ready(end);
  if (!context.is_ok()) return context.error();
  jsOptions limits = detail::jetstream_options_until(end);
  constexpr std::int64_t nanoseconds_per_ms = 1'000'000;
  jsSubOptions how;
  jsSubOptions_Init(&how);
  how.Stream = stream_.c_str();
  how.Config.DeliverPolicy = js_DeliverByStartSequence;
  how.Config.OptStartSeq = from;
  how.Config.AckPolicy = js_AckNone;
  how.Config.MaxDeliver = 1;
  how.Config.Replicas = 1;
  how.Config.MemoryStorage = true;
  // The server stops sending when the program does not read; libnats asks for heartbeats with that.
  how.Config.FlowControl = true;
  how.Config.Heartbeat = 5'000 * nanoseconds_per_ms;
  how.Config.InactiveThreshold = 5'000 * nanoseconds_per_ms;
  natsSubscription* raw{};
  jsErrCode refusal{};
  const auto status = js_SubscribeSync(&raw, context.value(), subject_.c_str(), &limits, &how, &refusal);
  if (status != NATS_OK) return detail::jetstream_failure(named("cannot read the"), status, refusal);
  return std::make_unique<reader>(raw, from);
}

QUIPU_DECL outcome<std::vector<shared_record>> jetstream_log::state::read(std::uint64_t from, std::size_t limit,
                                                                          std::chrono::milliseconds wait) {
  constexpr std::chrono::hours longest{24};
  const auto began = std::chrono::steady_clock::now();
  const auto end = began + std::min<std::chrono::milliseconds>(wait, longest);
  auto subscription = idle_.take([from](const reader& candidate) { return candidate.next() == from; });
  std::int64_t overdue_ms = 0;  // for how long the stream has had a record that did not come
  for (;;) {
    if (!subscription) {
      auto made = subscribe(from);
      if (!made.is_ok()) return std::move(made).error();
      subscription = std::move(made).value();
    }
    std::vector<shared_record> records;
    const auto patience = std::min(overdue_ms > 0 ? look_again_ms : detail::milliseconds_until(end), look_again_ms);
    const auto result = subscription->receive(records, limit, patience);
    if (!records.empty()) {
      see(records.back().position);
      if (result == reader::result::waiting) idle_.put(std::move(subscription));
      return records;
    }
    const auto now = extent();
    if (!now.is_ok()) return now.error();
    if (from < now.value().first)
      return from_error(error{
          errc::trimmed, named("records were removed from the"), {.expected = from, .actual = now.value().first}});
    if (result == reader::result::gap && subscription->is_new())
      return from_error(error{errc::corrupt, named("a record is missing in the"), {.expected = from}});
    const bool is_there = from <= now.value().last;
    if (!is_there && detail::milliseconds_until(end) == 0) {
      if (result == reader::result::waiting) idle_.put(std::move(subscription));
      return records;
    }
    if (overdue_ms > options_.timeout.count())
      return from_error(error{errc::unavailable, named("a record does not arrive from the")});
    // A record that is there and does not come twice: the server has forgotten the subscription.
    if (result != reader::result::waiting || overdue_ms > 0) subscription.reset();
    overdue_ms = is_there ? overdue_ms + look_again_ms : 0;
  }
}

QUIPU_DECL outcome<detail::nats_owned<jsStreamInfo>> jetstream_log::state::ask(detail::jetstream_time end) {
  const auto context = ready(end);
  if (!context.is_ok()) return context.error();
  jsOptions limits = detail::jetstream_options_until(end);
  jsStreamInfo* raw{};
  jsErrCode refusal{};
  const auto status = js_GetStreamInfo(&raw, context.value(), stream_.c_str(), &limits, &refusal);
  detail::nats_owned<jsStreamInfo> info{raw};
  if (status != NATS_OK) return detail::jetstream_failure(named("cannot ask for the"), status, refusal);
  return info;
}

QUIPU_DECL outcome<shared_log_extent> jetstream_log::state::extent() {
  const auto end = time_limit();
  for (;;) {
    const auto info = ask(end);
    if (!info.is_ok()) return info.error();
    const auto& held = info.value()->State;
    const bool has_leader = is_led(*info.value());
    const bool is_over = detail::milliseconds_until(end) <= settling_ms;
    if (has_leader && (is_settled(*info.value()) || is_over))
      return shared_log_extent{held.Msgs == 0 ? held.LastSeq + 1 : held.FirstSeq, held.LastSeq};
    if (is_over) return from_error(error{errc::unavailable, named("no server leads the")});
    std::this_thread::sleep_for(std::chrono::milliseconds{settling_ms});
  }
}

QUIPU_DECL bool jetstream_log::state::is_led(const jsStreamInfo& info) {
  return info.Cluster == nullptr || (info.Cluster->Leader != nullptr && *info.Cluster->Leader != '\0');
}

QUIPU_DECL bool jetstream_log::state::is_settled(const jsStreamInfo& info) {
  if (info.Cluster == nullptr) return true;
  const std::lock_guard lock{leader_mutex_};
  const bool is_same = leader_ == info.Cluster->Leader;
  leader_ = info.Cluster->Leader;
  return is_same && info.State.LastSeq >= seen_;
}

QUIPU_DECL void jetstream_log::state::see(std::uint64_t position) {
  const std::lock_guard lock{leader_mutex_};
  seen_ = std::max(seen_, position);
}

QUIPU_DECL outcome<void> jetstream_log::state::trim(std::uint64_t below) {
  const auto held = extent();
  if (!held.is_ok()) return held.error();
  const auto first = std::min(below, held.value().last + 1);
  if (first <= held.value().first) return {};
  const auto end = time_limit();
  const auto context = ready(end);
  if (!context.is_ok()) return context.error();
  jsOptions what = detail::jetstream_options_until(end);
  what.Stream.Purge.Sequence = first;
  jsErrCode refusal{};
  const auto status = js_PurgeStream(context.value(), stream_.c_str(), &what, &refusal);
  if (status != NATS_OK) return detail::jetstream_failure(named("cannot trim the"), status, refusal);
  return {};
}

QUIPU_DECL jetstream_log::jetstream_log(const std::string& url, std::string stream, jetstream_options options) {
  const auto is_name_letter = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '-' || letter == '_';
  };
  if (stream.empty() || !std::all_of(stream.begin(), stream.end(), is_name_letter))
    throw error{errc::configuration, "the name of a stream has letters, digits, - and _ alone: \"" + stream + "\""};
  if (options.timeout <= std::chrono::milliseconds{0})
    throw error{errc::configuration, "jetstream_options.timeout is at least a millisecond"};
  state_ = std::make_unique<state>(url, std::move(stream), options);
}

QUIPU_DECL jetstream_log::~jetstream_log() = default;

QUIPU_DECL outcome<std::uint64_t> jetstream_log::append(std::span<const std::byte> record, const event_id& id) {
  return state_->append(record, id);
}

QUIPU_DECL outcome<std::vector<shared_record>> jetstream_log::read(std::uint64_t from, std::size_t limit,
                                                                   std::chrono::milliseconds wait) {
  return state_->read(from, limit, wait);
}

QUIPU_DECL outcome<shared_log_extent> jetstream_log::extent() { return state_->extent(); }

QUIPU_DECL outcome<void> jetstream_log::trim(std::uint64_t below) { return state_->trim(below); }

}  // namespace quipu::inline QUIPU_MODE
