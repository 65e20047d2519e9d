// SPDX-License-Identifier: BSL-1.0
//
// consumer.cpp: the program that each way of getting at quipu has to be able to build. It knows nothing of how it was
// found. It appends to a store on disk, opens it again, and projects, so that everything a program would need has to be
// there.
#include <quipu.hpp>

#if defined(QUIPU_COMPILED) != defined(CONSUMER_WANTS_COMPILED)
#error "this program isn't built in the mode that it asked for"
#endif

#if QUIPU_VERSION < 100 || QUIPU_FORMAT_VERSION < 1
#error "quipu says that it is older than its first version"
#endif

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

struct deposited {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::int64_t cents{};
};

struct account {
  using events = quipu::event_list<deposited>;
  std::int64_t cents{};
  constexpr void apply(const deposited& event) { cents += event.cents; }
};

static_assert(quipu::fold<account>(deposited{300}, deposited{80}).cents == 380);

static_assert(quipu::version ==
              quipu::library_version{QUIPU_VERSION_MAJOR, QUIPU_VERSION_MINOR, QUIPU_VERSION_PATCH});
static_assert(quipu::format_version == QUIPU_FORMAT_VERSION);
#if defined(CONSUMER_FOUND_VERSION)  // what find_package said
static_assert(QUIPU_VERSION == CONSUMER_FOUND_VERSION && QUIPU_FORMAT_VERSION == CONSUMER_FOUND_FORMAT);
#endif

namespace {

std::int64_t kept_cents(const std::filesystem::path& folder) {
  const quipu::config config{.directory = folder / "events"};
  {
    quipu::store store{config, quipu::file_cache{folder / "cache"}};
    const auto deposit = [&store](std::int64_t cents) {
      store.append({"account:alice", "branch:zurich"}, deposited{cents});
    };
    std::thread other{deposit, 300};
    deposit(80);
    other.join();
    store.close();
  }
  quipu::store store{config, quipu::file_cache{folder / "cache"}};
  return store.project<account>("account:alice").value_or(account{}).cents;
}

}  // namespace

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "quipu_consumer.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return 2;
  std::int64_t cents = 0;
  try {
    cents = kept_cents(folder);
  } catch (const quipu::error& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  std::filesystem::remove_all(folder);
  std::printf("quipu %d.%d.%d: %d cents\n", quipu::version.major, quipu::version.minor, quipu::version.patch,
              static_cast<int>(cents));
  return cents == 380 ? 0 : 1;
}
