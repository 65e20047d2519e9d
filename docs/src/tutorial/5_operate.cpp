// SPDX-License-Identifier: BSL-1.0
//
// Tutorial, part 5: backup, verification, erasure, and a log that was damaged.
#include <quipu.hpp>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

struct account_opened {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string owner{};
};

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::int64_t cents{};
};

struct withdrawn {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
  std::int64_t cents{};
};

// [domain]
struct account {
  using events = quipu::event_list<account_opened, deposited, withdrawn>;

  std::string owner{"(unknown)"};
  std::int64_t cents{};

  void apply(const account_opened& event) { owner = event.owner; }
  void apply(const deposited& event) { cents += event.cents; }
  void apply(const withdrawn& event) { cents -= event.cents; }
};

void show_account(quipu::store_reader& store, std::string_view entity) {
  const std::optional<account> found = store.project<account>(entity);
  if (found)
    std::cout << entity << ": " << found->owner << ", " << found->cents << " cents\n";
  else
    std::cout << entity << ": there is no such account\n";
}
// [/domain]

void fill_bank(quipu::store& store) {
  store.append({"account:alice", "branch:zurich"}, account_opened{"Alice"});
  store.append({"account:alice", "branch:zurich"}, deposited{500});
  store.append({"account:bob", "branch:bern"}, account_opened{"Bob"});
  store.append({"account:bob", "branch:bern"}, deposited{70});
  store.append({"account:alice", "branch:zurich"}, withdrawn{120});
}

// [backup]
/// Copies the bank and returns the head to be kept elsewhere.
quipu::digest make_backup(quipu::store& store, const std::filesystem::path& target) {
  const quipu::verification sound = store.verify();
  store.snapshot(target);
  std::cout << "backup of " << sound.events << " events\n";
  return store.head();
}
// [/backup]

// [restore]
void check_backup(const std::filesystem::path& directory, const quipu::digest& head) {
  try {
    quipu::read_only_store backup{quipu::config{.directory = directory, .expected_head = head}};
    const quipu::verification sound = backup.verify();
    std::cout << directory.string() << " is complete and sound: " << sound.events << " events\n";
  } catch (const quipu::error& failure) {
    if (failure.code() != quipu::errc::corrupt) throw;
    std::cout << directory.string() << " is damaged, or is not the log that was expected\n";
  }
}
// [/restore]

// [erase]
void forget_owner(quipu::store& store, std::string_view entity) {
  const auto keep = [entity](const quipu::event_view& event) {
    return event.entity() != entity || !event.is<account_opened>();
  };
  const quipu::compaction_report done = store.compact(quipu::compaction::tombstone(keep));
  std::cout << "erased " << done.erased << " event\n";
}
// [/erase]

// [damage]
/// What a broken disk does: one byte of one file is another one.
void damage(const std::filesystem::path& directory, std::string_view text) {
  for (const auto& entry : std::filesystem::directory_iterator{directory}) {
    if (entry.path().extension() != ".segment") continue;
    std::fstream file{entry.path(), std::ios::in | std::ios::out | std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{file}, {}};
    const std::size_t found = content.find(text);
    if (found == std::string::npos) continue;
    file.seekp(static_cast<std::streamoff>(found));
    file.put('?');
  }
}
// [/damage]

// [salvage]
void read_what_is_left(const std::filesystem::path& directory) {
  quipu::read_only_store rest{
      quipu::config{.directory = directory, .open = quipu::open_policy::salvage}};
  for (const quipu::damage_report& part : rest.diagnostics().damage)
    std::cout << part.path << " at " << part.offset << ": " << part.events << " event is lost\n";
  std::cout << "events left: " << rest.count(quipu::region::all()) << '\n';
  show_account(rest, "account:alice");
  show_account(rest, "account:bob");
}
// [/salvage]

// [strict]
void open_damaged(const std::filesystem::path& directory) {
  try {
    quipu::store store{quipu::config{.directory = directory}};
    static_cast<void>(store.verify());
    std::cout << "nothing is wrong\n";
  } catch (const quipu::error& failure) {
    std::cout << failure.what() << '\n';
  }
}
// [/strict]

int main() {
  try {
    // [day]
    quipu::digest head;
    {
      quipu::store store{quipu::config{.directory = "bank"}};
      fill_bank(store);
      head = make_backup(store, "backup");
      store.append({"account:bob", "branch:bern"}, deposited{30});
      check_backup("backup", head);
      check_backup("backup", store.head());
      forget_owner(store, "account:bob");
      show_account(store, "account:bob");
      std::cout << "after the erasure, " << store.verify().erased
                << " event is erased, and all is sound\n";
      store.close();
    }
    // [/day]
    damage("backup", "Alice");
    open_damaged("backup");
    read_what_is_left("backup");
  } catch (const quipu::error& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
