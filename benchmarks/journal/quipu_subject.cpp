// SPDX-License-Identifier: BSL-1.0
//
// quipu_subject.cpp: quipu with its default settings, but that appends are buffered: `quipu`, and `quipu_nochain`
// without the hash chain; `quipu_batch` appends 256 events at a time; `quipu_small_segments` begins a segment every 4
// MiB and merges them.
#include "measure.hpp"
#include "quipu_events.hpp"
#include "subject.hpp"

#include <quipu/store/read_only_store.hpp>

#include <cstring>
#include <optional>

namespace journal_bench {
namespace {

class quipu_subject final : public subject {
 public:
  quipu_subject(bool chain, std::uint64_t in_batch, std::uint64_t segment_max_bytes = quipu::config{}.segment_max_bytes)
      : chain_{chain}, in_batch_{in_batch}, segment_max_bytes_{segment_max_bytes} {}

  void open(const std::string& directory) override {
    quipu::config settings = settings_of(directory, chain_);
    settings.segment_max_bytes = segment_max_bytes_;
    store_.emplace(settings);
  }

  void append(const workload& from, std::uint64_t first, std::uint64_t until) override {
    name_all(from);
    if (in_batch_ == 1) {
      for (std::uint64_t index = first; index < until; ++index)
        with_event(from, index, [&](const auto& event) { store_->append(coordinates_[from.entity_of(index)], event); });
    } else {
      quipu::batch batch;
      for (std::uint64_t index = first; index < until;) {
        for (const std::uint64_t end = std::min(until, index + in_batch_); index < end; ++index)
          with_event(from, index, [&](const auto& event) { batch.add(coordinates_[from.entity_of(index)], event); });
        store_->append(batch);
        batch.clear();
      }
    }
    must(store_->stats().events >= until - first,
         "quipu: events are missing");  // makes visible what isn't yet, with all its hashes
  }
  void sync() override { store_->sync(); }
  void append_durably(const workload& from, std::uint64_t index) override {
    quipu::append_options durably;
    durably.durability = quipu::durability::durable;
    with_event(from, index, [&](const auto& event) {
      must(store_->append(coordinates_[from.entity_of(index)], event, durably).durable,
           "quipu: a receipt isn't durable");
    });
  }
  void know(const workload& from) override { name_all(from); }
  void maintain() override { store_->compact(quipu::compaction::merge()); }

  sums replay_all() override { return sums_of(store_->project<account>(quipu::region::all())); }
  sums replay_entity(std::uint32_t entity) override {
    return sums_of(store_->project<account>(coordinates_[entity].entity()).value());
  }

  void prepare_gets(const std::vector<std::uint64_t>& indexes) override {
    std::vector<quipu::event_id> all;
    for (const quipu::event_view& each : store_->query(quipu::region::all())) all.push_back(each.id());
    ids_.clear();
    for (const std::uint64_t index : indexes) ids_.push_back(all[index]);
  }
  sums get(const std::vector<std::uint64_t>&) override {
    sums all;
    for (const quipu::event_id& id : ids_) add(all, store_->get(id));
    return all;
  }
  [[nodiscard]] bool has_queries() const override { return true; }
  sums by_kind(std::uint16_t kind) override { return add_all(store_->by_kind(quipu::event_kind::custom(0xF, kind))); }
  sums by_scope(std::uint32_t scope) override { return add_all(store_->by_scope(workload::scope_name(scope))); }
  void poll(std::uint64_t index, unsigned times, sums& all) override {
    auto cursor = store_->cursor_guaranteed(quipu::region::all(), quipu::cursor_position::at(index));
    for (; times != 0; --times)
      for (const quipu::event_view& each : cursor.poll_batch(polled_events)) add(all, each);
  }

 private:
  void name_all(const workload& from) {
    if (coordinates_.size() != from.entities + 1U) coordinates_ = coordinates_of(from);
  }
  /// Reads the payload where it lies, as the peers do.
  static void add(sums& all, const quipu::event_view& each) {
    payload content;
    std::memcpy(&content, each.payload().data(), sizeof content);
    all.add(static_cast<std::uint16_t>(each.kind().type()), content.cents, content.number);
  }
  static sums add_all(const quipu::event_range& range) {
    sums all;
    for (const quipu::event_view& each : range) add(all, each);
    return all;
  }

  bool chain_;
  std::uint64_t in_batch_;
  std::uint64_t segment_max_bytes_;
  std::vector<quipu::coordinate> coordinates_;
  std::vector<quipu::event_id> ids_;
  std::optional<quipu::store> store_;
};

class quipu_reader final : public subject {
 public:
  void open(const std::string& directory) override { store_.emplace(settings_of(directory)); }
  sums replay_all() override { return sums_of(store_->project<account>(quipu::region::all())); }

  void append(const workload&, std::uint64_t, std::uint64_t) override { refuse(); }
  void sync() override { refuse(); }
  void append_durably(const workload&, std::uint64_t) override { refuse(); }
  sums replay_entity(std::uint32_t) override { refuse(); }
  sums get(const std::vector<std::uint64_t>&) override { refuse(); }

 private:
  [[noreturn]] static void refuse() { give_up("a reader of quipu replays everything and no more"); }

  std::optional<quipu::read_only_store> store_;
};

}  // namespace

std::unique_ptr<subject> make_quipu_reader() { return std::make_unique<quipu_reader>(); }

std::unique_ptr<subject> make_quipu(const std::string& name) {
  if (name == "quipu") return std::make_unique<quipu_subject>(true, 1);
  if (name == "quipu_nochain") return std::make_unique<quipu_subject>(false, 1);
  if (name == "quipu_batch") return std::make_unique<quipu_subject>(true, 256);
  if (name == "quipu_small_segments") return std::make_unique<quipu_subject>(true, 1, std::uint64_t{4} << 20);
  return nullptr;
}

}  // namespace journal_bench
