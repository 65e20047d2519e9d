// SPDX-License-Identifier: BSL-1.0
//
// shop.cpp: the stores that the tests of the command read, the same bytes every time, and the command with the types of
// their events.
//
//   shop make FOLDER           makes FOLDER/shop, backup, keyed, worked, cache
//   shop live FOLDER           writes FOLDER/live: an event for each line of standard input, until it ends
//   shop key FOLDER            prints the secret of FOLDER/keyed
//   shop replica FOLDER        makes FOLDER/replica, of a replicated store
//   shop odd FOLDER            makes FOLDER/odd, with an event whose payload isn't of its schema
//   shop many FOLDER N         writes FOLDER/many with N small events of N / 100 entities
//   shop told FOLDER           makes FOLDER/told, with metadata that has the names of members of an event's JSON
//   shop named FOLDER          makes FOLDER/named: an event of each entity that a line of standard input names
//   shop huge FOLDER           makes FOLDER/huge, with an event of 20 MiB between two small ones
//   shop strange FOLDER        makes FOLDER/strange, with an entity's name that no store takes between two that are
//   sound shop chain FOLDER N        makes FOLDER/chain: N events, each the cause of the next one shop denied FOLDER
//   makes FOLDER/denied: an order, a denial, and an event that was erased shop COMMAND ...           the command
//   `quipu`, with the types `order`, `shelf` and `lifecycle`
#include <quipu/journal/write/append_entry.hpp>
#include <quipu/journal/write/journal.hpp>
#include <quipu/replication/memory_shared_log.hpp>
#include <quipu/replication/replicated_store.hpp>
#include <quipu/tool.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::string what{};
};
struct reserved {
  static constexpr auto kind = quipu::event_kind::custom(5, 2);
  std::uint32_t pieces{};
};
struct paid {
  static constexpr auto kind = quipu::event_kind::custom(5, 3);
  std::int64_t cents{};
};
struct shipped {
  static constexpr auto kind = quipu::event_kind::custom(5, 4);
  std::string parcel{};
};

struct order {
  using events = quipu::event_list<ordered, paid>;
  std::string what{};
  std::int64_t paid_cents{};
  std::vector<std::int64_t> payments{};
  void apply(const ordered& event) { what = event.what; }
  void apply(const paid& event) {
    paid_cents += event.cents;
    payments.push_back(event.cents);
  }
};
struct shelf {
  using events = quipu::event_list<reserved, shipped>;
  std::uint32_t pieces{};
  std::string parcel{};
  void apply(const reserved& event) { pieces += event.pieces; }
  void apply(const shipped& event) { parcel = event.parcel; }
};

// What an order goes through.
struct is_new {};
struct is_ordered {};
struct is_paid {};
struct is_shipped {};
struct lifecycle
    : quipu::state_machine<quipu::transition<is_new, ordered, is_ordered>, quipu::transition<is_ordered, paid, is_paid>,
                           quipu::transition<is_paid, shipped, is_shipped>, quipu::transition<is_paid, paid, is_paid>> {
  static constexpr std::string_view name = "lifecycle";
};

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t begin_us = 1'795'736'646'224'743;  // 2026-11-26 23:44:06.224743 UTC

/// The disk, with a clock that stands still and random bytes that are counted.
class repeatable_environment : public quipu::forwarding_environment {
 public:
  repeatable_environment() : forwarding_environment{std::make_shared<quipu::posix_environment>()} {}
  [[nodiscard]] std::int64_t now_us() override { return begin_us + past_us.load(); }
  void random(std::byte* to, std::size_t count) override {
    for (std::size_t index = 0; index < count; ++index)
      to[index] = static_cast<std::byte>(next_.fetch_add(1) * 37 + 11);
  }

  std::atomic<std::int64_t> past_us{};

 private:
  std::atomic<unsigned> next_{};
};

quipu::config settings_of(const fs::path& where, const std::shared_ptr<repeatable_environment>& on) {
  quipu::config settings{.directory = where};
  settings.environment = on;
  settings.sync.interval_ms = 0;
  return settings;
}

void make_shop(const fs::path& folder) {
  const auto on = std::make_shared<repeatable_environment>();
  quipu::store store{settings_of(folder / "shop", on), quipu::file_cache{folder / "cache"}};
  const auto at = [&on](std::int64_t us) { on->past_us.store(us); };
  const auto first = store.append({"order:1001", "web"}, ordered{"12 candles"});
  at(900);
  store.append_reaction({"shelf:candles", "warehouse"}, reserved{12}, first);
  at(1460);
  const auto payment = store.append_reaction({"order:1001", "web"}, paid{2400}, first,
                                             {.idempotency_key = quipu::event_id::from_name("payment 1")});
  store.snapshot(folder / "backup");
  at(1757);
  store.append({"order:1002", "web"}, ordered{"a lamp"});
  at(2160);
  store.append_reaction({"parcel:77", "warehouse"}, shipped{"77"}, payment);
  static_cast<void>(store.project<order>("order:1001"));
  static_cast<void>(store.project<order>("order:1002"));
  store.close();
}

void make_keyed(const fs::path& folder) {
  quipu::config settings = settings_of(folder / "keyed", std::make_shared<repeatable_environment>());
  settings.chain_key = quipu::blake3("a secret");
  quipu::store store{settings};
  store.append({"order:1", "web"}, ordered{"ink"});
  store.close();
}

/// A worker that has parked one event and a cursor that is behind.
void make_worked(const fs::path& folder) {
  quipu::store store{settings_of(folder / "worked", std::make_shared<repeatable_environment>())};
  for (int number = 1; number <= 4; ++number) store.append({"order:" + std::to_string(number), "web"}, ordered{"ink"});
  const auto fails = [](const quipu::event_view& event) {
    if (event.entity() == "order:2") throw std::runtime_error{"no address"};
  };
  auto worker = store.cursor_worker("mail", quipu::region::all(), fails, {.poison = quipu::poison_policy::park()});
  while (worker.next_sequence() < 4) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  worker.stop();
  worker.join();
  auto cursor = store.cursor_guaranteed("billing", quipu::region::scope("web"));
  static_cast<void>(cursor.wait());
  cursor.commit();
  store.close();
}

void make_tagged(const fs::path& folder) {
  quipu::store store{settings_of(folder / "tagged", std::make_shared<repeatable_environment>())};
  store.append({"order:1", "web"}, ordered{"ink"}, {.tags = {"gift", "customer:ann"}});
  store.append({"order:2", "web"}, ordered{"paper"}, {.tags = {"customer:ann"}});
  store.append({"order:3", "web"}, ordered{"pens"});
  store.close();
}

void make_all(const fs::path& folder) {
  make_shop(folder);
  make_keyed(folder);
  make_worked(folder);
  make_tagged(folder);
}

void make_replica(const fs::path& folder) {
  quipu::replicated_store store{quipu::config{.directory = folder / "replica"},
                                std::make_shared<quipu::memory_shared_log>()};
  store.append({"order:1", "web"}, ordered{"ink"});
  store.close();
}

void make_odd(const fs::path& folder) {
  quipu::detail::journal log{quipu::config{.directory = folder / "odd"}};
  quipu::detail::append_entry entry{.entity = "order:1", .scope = "web", .kind = ordered::kind, .version = 1};
  entry.payload = quipu::bytes_view{std::string_view{"\xff\0\0\0ink", 7}};
  entry.schema = quipu::schema_text<ordered>();
  entry.schema_hash = quipu::fingerprint_of_text(entry.schema);
  entry.type_hash = quipu::detail::type_hash_of(entry.schema_hash, {});
  static_cast<void>(log.append(entry));
  log.close();
}

void write_live(const fs::path& folder) {
  quipu::store store{quipu::config{.directory = folder / "live"}};
  for (std::string line; std::getline(std::cin, line);) {
    store.append({"order:" + line, "web"}, ordered{line});
    std::cout << line << std::endl;
  }
}

void write_many(const fs::path& folder, std::uint64_t count) {
  quipu::store store{quipu::config{.directory = folder / "many"}};
  const std::uint64_t entities = count / 100 + 1;
  for (std::uint64_t number = 0; number < count; ++number)
    store.append({"order:" + std::to_string(number % entities), "web"}, paid{static_cast<std::int64_t>(number)},
                 {.durability = quipu::durability::buffered});
  store.close();
}

void make_told(const fs::path& folder) {
  quipu::store store{settings_of(folder / "told", std::make_shared<repeatable_environment>())};
  const quipu::bytes_view raw{std::string_view{"raw"}};
  for (const char* const name : {"payload", "bytes", "erased"}) {
    const quipu::append_options options{.metadata = {{"a", "1"}, {name, "LIE"}}};
    store.append({"order:1", "web"}, ordered{"ink"}, options);
    store.append_raw({"order:1", "web"}, quipu::event_kind::custom(5, 9), raw, options);
  }
  store.close();
}

void make_named(const fs::path& folder) {
  quipu::store store{settings_of(folder / "named", std::make_shared<repeatable_environment>())};
  for (std::string line; std::getline(std::cin, line);) store.append({line, "web"}, ordered{"ink"});
  store.close();
}

void make_huge(const fs::path& folder) {
  quipu::config settings{.directory = folder / "huge"};
  settings.payload_max_bytes = std::uint64_t{32} << 20;
  quipu::store store{settings};
  for (const std::size_t size : {10U, 20U << 20, 10U}) {
    const quipu::bytes payload(size);
    store.append_raw({"order:" + std::to_string(size), "web"}, quipu::event_kind::custom(5, 9),
                     quipu::bytes_view{payload});
  }
  store.close();
}

void make_strange(const fs::path& folder) {
  quipu::detail::journal log{quipu::config{.directory = folder / "strange"}};
  for (const std::string_view name :
       {std::string_view{"order:1"}, std::string_view{"or\0der", 6}, std::string_view{"order:2"}}) {
    quipu::detail::append_entry entry{.entity = name, .scope = "web", .kind = quipu::event_kind::custom(5, 9)};
    entry.payload = quipu::bytes_view{name};
    static_cast<void>(log.append(entry));
  }
  log.close();
}

void make_chain(const fs::path& folder, std::uint64_t count) {
  quipu::config settings{.directory = folder / "chain"};
  settings.sync.mode = quipu::sync_mode::buffered;
  quipu::store store{settings};
  quipu::append_options options;
  for (std::uint64_t number = 0; number < count; ++number)
    options.causation_id = store.append({"order:1", "web"}, paid{1}, options).id;
  store.close();
}

void make_denied(const fs::path& folder) {
  quipu::store store{settings_of(folder / "denied", std::make_shared<repeatable_environment>())};
  store.append({"order:1", "web"}, ordered{"ink"});
  store.append_denial({"order:1", "web"}, quipu::denial{"stock", "there is no ink"});
  store.append({"order:2", "web"}, ordered{"paper"});
  static_cast<void>(store.compact(
      quipu::compaction::tombstone([](const quipu::event_view& event) { return event.entity() != "order:2"; })));
  store.close();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view command = argc > 2 ? argv[1] : "";
  if (command == "make") return make_all(argv[2]), 0;
  if (command == "key") return std::cout << quipu::blake3("a secret").str(), 0;
  if (command == "live") return write_live(argv[2]), 0;
  if (command == "replica") return make_replica(argv[2]), 0;
  if (command == "odd") return make_odd(argv[2]), 0;
  if (command == "many" && argc > 3) return write_many(argv[2], std::stoull(argv[3])), 0;
  if (command == "told") return make_told(argv[2]), 0;
  if (command == "named") return make_named(argv[2]), 0;
  if (command == "huge") return make_huge(argv[2]), 0;
  if (command == "strange") return make_strange(argv[2]), 0;
  if (command == "chain" && argc > 3) return make_chain(argv[2], std::stoull(argv[3])), 0;
  if (command == "denied") return make_denied(argv[2]), 0;
  return quipu::tool::run<order, shelf, lifecycle>(argc, argv);
}
