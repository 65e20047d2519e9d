// SPDX-License-Identifier: BSL-1.0
//
// dump_test.cpp: tools/quipu_dump.py, which was written from the documents alone, prints what the library prints:
// stores with random values of every shape that has an encoding, while they are in use and after.
#include "../codec/codec_samples.hpp"
#include "store_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

using namespace store_tests;

namespace {

struct hidden {
  static constexpr std::string_view schema_name = "samples.hidden";
  static constexpr std::uint32_t schema_version = 2;
  std::string text;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& text;
  }
};

template <unsigned Type, class Value>
struct holder {
  static constexpr auto kind = quipu::event_kind::custom(0xA, Type);
  static constexpr std::uint16_t version = 1 + Type % 3;
  Value value{};
};

/// Numbers of every size and closeness to a decimal one: any bits, few digits, whole ones, powers of two and their
/// neighbours.
double random_double(codec_samples::random_source& random) {
  double value = 0;
  const std::uint64_t bits = random.next();
  switch (random.below(5)) {
    case 0:
      std::memcpy(&value, &bits, sizeof value);
      break;
    case 1:
      value = static_cast<double>(bits % 100'000) / 1000;
      break;
    case 2:
      value = static_cast<double>(bits >> random.below(60));
      break;
    case 3:
      value = static_cast<double>(bits % 1000) * 1e-7;
      break;
    default:
      value = 1;
  }
  if (random.below(5) == 0) {
    const std::uint64_t power = (random.next() % 2047) << 52;
    const std::uint64_t near = power + random.below(3) - 1;
    std::memcpy(&value, &near, sizeof value);
  }
  return random.below(2) == 0 ? value : -value;
}
float random_float(codec_samples::random_source& random) {
  float value = 0;
  const auto bits = static_cast<std::uint32_t>(random.next());
  switch (random.below(4)) {
    case 0:
      std::memcpy(&value, &bits, sizeof value);
      break;
    case 1:
      value = static_cast<float>(bits % 100'000) / 1000;
      break;
    case 2:
      value = static_cast<float>(bits >> random.below(30));
      break;
    default: {
      const std::uint32_t near = ((bits % 255) << 23) + static_cast<std::uint32_t>(random.below(3)) - 1;
      std::memcpy(&value, &near, sizeof value);
    }
  }
  return value;
}

struct real_numbers {
  static constexpr auto kind = quipu::event_kind::custom(0xA, 100);
  std::vector<double> wide{};
  std::vector<float> narrow{};
  std::vector<std::int8_t> small{};
  std::vector<char8_t> letters{};
  std::vector<char> text{};
  std::vector<std::byte> raw{};
};

/// Appends something of each shape.
template <class Store>
void append_round(Store& to, codec_samples::random_source& random, std::vector<quipu::event_id>& ids) {
  const auto append = [&](auto event) {
    static constexpr const char* scopes[] = {"plain", "with \"quotes\" and \\", "\xC3\xA9t\xC3\xA9",
                                             "not UTF-8: \xFF\xC0\x80\xED\xA0\x80", "\x01\x1F\x7F"};
    quipu::append_options options;
    if (random.below(3) == 0) options.idempotency_key = quipu::event_id::from_name(std::to_string(random.next()));
    if (!ids.empty() && random.below(3) == 0) options.causation_id = ids[random.below(ids.size())];
    if (!ids.empty() && random.below(5) == 0) options.correlation_id = ids[random.below(ids.size())];
    if (random.below(6) == 0) options.bypass_reason = "because of \"it\"\n";
    for (std::uint64_t entries = random.below(4); entries != 0; --entries)
      options.metadata.emplace(std::string("key\0\"\xFF", 6) + std::to_string(random.below(20)),
                               scopes[random.below(5)]);
    if (random.below(4) == 0) options.timestamp_us = static_cast<std::int64_t>(random.next());
    options.flags = static_cast<quipu::event_flags>(random.below(8));
    const quipu::coordinate where{"entity:" + std::to_string(random.below(9)) + scopes[random.below(5)],
                                  scopes[random.below(5)]};
    ids.push_back(to.append(where, event, options).id);
  };
  using namespace codec_samples;
  append(holder<1, codec_samples::order>{random_value<codec_samples::order>(random)});
  append(holder<2, padded>{random_value<padded>(random)});
  append(holder<3, scalars>{random_value<scalars>(random)});
  append(holder<4, containers>{random_value<containers>(random)});
  append(holder<5, sequences>{random_value<sequences>(random)});
  append(holder<6, durations>{random_value<durations>(random)});
  append(holder<7, node>{random_value<node>(random)});
  append(holder<8, packed>{random_value<packed>(random)});
  append(holder<9, empty>{});
  append(holder<10, hidden>{{std::string(random.below(30), 'x')}});
  append(holder<11, std::chrono::system_clock::time_point>{
      std::chrono::system_clock::time_point{std::chrono::microseconds{random.below(1'000'000'000)}}});
  real_numbers real;
  for (int count = 0; count < 20; ++count) {
    real.wide.push_back(random_double(random));
    real.narrow.push_back(random_float(random));
    real.small.push_back(static_cast<std::int8_t>(random.next()));
    real.letters.push_back(static_cast<char8_t>(random.next()));
    real.text.push_back(static_cast<char>(random.next()));
    real.raw.push_back(static_cast<std::byte>(random.next()));
  }
  append(real);
  const std::string raw(random.below(20), '\xAB');
  ids.push_back(to.append_raw({"raw", "bytes"}, quipu::event_kind::custom(0x3, 1), quipu::bytes_view{raw}).id);
}

struct said {
  std::vector<std::string> lines{};
  int status{-1};
};

said dump(const fs::path& store, const std::string& options = "") {
  const fs::path tool =
      fs::absolute(fs::path{__FILE__}).parent_path().parent_path().parent_path() / "tools" / "quipu_dump.py";
  const std::string command = "python3 '" + tool.string() + "' '" + store.string() + "' " + options + " 2>&1";
  said all;
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return all;
  std::string text;
  char part[4096];
  for (std::size_t count = 0; (count = std::fread(part, 1, sizeof part, pipe)) != 0;) text.append(part, count);
  all.status = ::pclose(pipe);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    all.lines.push_back(text.substr(at, end - at));
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return all;
}

template <class Store>
std::vector<std::string> lines_of(Store& store) {
  std::vector<std::string> lines;
  for (const quipu::event_view& each : store.query(quipu::region::all())) lines.push_back(each.to_json());
  return lines;
}

/// The first line that differs, from a little before the place on; nothing where all are the same.
std::string difference(const std::vector<std::string>& expected, const std::vector<std::string>& printed) {
  for (std::size_t line = 0; line < expected.size() || line < printed.size(); ++line) {
    const std::string left = line < expected.size() ? expected[line] : "(none)";
    const std::string right = line < printed.size() ? printed[line] : "(none)";
    if (left == right) continue;
    std::size_t at = 0;
    while (at < left.size() && at < right.size() && left[at] == right[at]) ++at;
    const std::size_t from = at < 60 ? 0 : at - 60;
    return "line " + std::to_string(line) + ": ..." + left.substr(from < left.size() ? from : 0, 120) + "... and ..." +
           right.substr(from < right.size() ? from : 0, 120);
  }
  return {};
}

}  // namespace

TEST_CASE("a tool that was written from the documents prints what the library prints", "[store][dump]") {
  for (const bool chained : {true, false}) {
    const scratch_folder folder;
    quipu::config settings{.directory = (folder / "store").string()};
    settings.segment_max_bytes = 16384;
    settings.writer.preallocate_bytes = 4096;
    settings.chain = chained;
    settings.sync.mode = quipu::sync_mode::buffered;
    codec_samples::random_source random{chained ? 7U : 8U};
    std::vector<quipu::event_id> ids;
    std::vector<std::string> lines;
    std::string head;
    {
      quipu::store store{settings, quipu::no_cache{}};
      for (int round = 0; round < 12; ++round) append_round(store, random, ids);
      store.sync();
      lines = lines_of(store);
      REQUIRE(lines.size() == ids.size());
      const said live = dump(folder / "store");
      CHECK(live.status == 0);
      CHECK(difference(lines, live.lines) == "");
      head = store.head().str();
      store.close();
    }
    CHECK(std::distance(fs::directory_iterator{folder / "store"}, fs::directory_iterator{}) > 3);  // several segments
    const said closed = dump(folder / "store");
    CHECK(closed.status == 0);
    CHECK(difference(lines, closed.lines) == "");
    CHECK(dump(folder / "store", "--head").lines == std::vector<std::string>{"{\"head\":\"" + head + "\"}"});
    const said verified = dump(folder / "store", "--verify");
    CHECK(verified.status == 0);
    REQUIRE(verified.lines.size() == 1);
    CHECK(verified.lines[0].find("\"events\":" + std::to_string(ids.size())) != std::string::npos);
    CHECK(verified.lines[0].find(head) != std::string::npos);
    // And the index files say of the segments what the document says they do.
    std::size_t indexes = 0;  // of the segments that are large enough for one
    for (const auto& each : fs::directory_iterator{folder / "store"}) indexes += each.path().extension() == ".index";
    CHECK(indexes > 0);
    CHECK(verified.lines[0].find("\"indexes\":" + std::to_string(indexes) + ",\"notes\":0") != std::string::npos);
    // One that is damaged is no damage to the store.
    for (const auto& each : fs::directory_iterator{folder / "store"}) {
      if (each.path().extension() != ".index") continue;
      std::fstream file{each.path(), std::ios::in | std::ios::out | std::ios::binary};
      file.seekp(-1, std::ios::end);
      file.put('\x55');
    }
    const said damaged = dump(folder / "store", "--verify");
    CHECK(damaged.status == 0);
    CHECK(damaged.lines.size() == 1 + indexes);
    CHECK(damaged.lines[0].find("\"indexes\":0,\"notes\":" + std::to_string(indexes)) != std::string::npos);
    CHECK(dump(folder.path()).status != 0);
  }
}
