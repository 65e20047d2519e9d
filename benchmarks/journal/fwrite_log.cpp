// SPDX-License-Identifier: BSL-1.0
//
// fwrite_log.cpp: what somebody writes by hand in an afternoon: fwrite of length, checksum and record into one file,
// and a map from an entity's name to the offsets of its events. It has no order but the file's, no ids, no batches, no
// recovery but "read until it's wrong", one thread. `fwrite_log` has the C library's buffer of 4 KiB, `fwrite_log_1m`
// one of 1 MiB.
#include "measure.hpp"
#include "subject.hpp"

#include <quipu/hash/crc32c.hpp>

#include <cstring>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include <unistd.h>

namespace journal_bench {
namespace {

/// What follows a record's length and checksum; the name comes last.
struct record {
  std::int64_t ts{};
  std::uint16_t kind{};
  std::uint16_t scope{};
  std::uint32_t name_size{};
  payload content{};
};
static_assert(sizeof(record) == 48);

constexpr std::size_t most_bytes = 8 + sizeof(record) + 64;

class fwrite_log final : public subject {
 public:
  explicit fwrite_log(std::size_t buffer_bytes) : buffer_(buffer_bytes) {}
  ~fwrite_log() override {
    if (file_ != nullptr) std::fclose(file_);
  }

  void open(const std::string& directory) override {
    file_ = std::fopen((directory + "/events.log").c_str(), "a+b");
    must(file_ != nullptr, "fopen");
    std::setvbuf(file_, buffer_.data(), _IOFBF, buffer_.size());
    end_ = scan([&](std::uint64_t offset, const record&, std::string_view name) {
      offsets_[std::string{name}].push_back(offset);
    });
  }

  void append(const workload& from, std::uint64_t first, std::uint64_t until) override {
    name_all(from);
    for (std::uint64_t index = first; index < until; ++index) write(from, index);
    must(std::fflush(file_) == 0, "fflush");
  }
  void sync() override { must(::fdatasync(::fileno(file_)) == 0, "fdatasync"); }
  void append_durably(const workload& from, std::uint64_t index) override {
    const std::lock_guard lock{mutex_};
    name_all(from);
    write(from, index);
    must(std::fflush(file_) == 0, "fflush");
    sync();
  }

  sums replay_all() override {
    sums all;
    scan([&](std::uint64_t, const record& each, std::string_view) {
      all.add(each.kind, each.content.cents, each.content.number);
    });
    return all;
  }
  sums replay_entity(std::uint32_t entity) override {
    sums all;
    const auto found = offsets_.find(workload::entity_name(entity));
    if (found != offsets_.end())
      for (const std::uint64_t offset : found->second) read_one(all, offset);
    return all;
  }
  void prepare_gets(const std::vector<std::uint64_t>& indexes) override {
    std::vector<std::uint64_t> all;
    scan([&](std::uint64_t offset, const record&, std::string_view) { all.push_back(offset); });
    gets_.clear();
    for (const std::uint64_t index : indexes) gets_.push_back(all[index]);
  }
  sums get(const std::vector<std::uint64_t>&) override {
    sums all;
    for (const std::uint64_t offset : gets_) read_one(all, offset);
    return all;
  }

 private:
  void name_all(const workload& from) {
    for (auto entity = static_cast<std::uint32_t>(names_.size()); entity <= from.entities; ++entity)
      names_.push_back(workload::entity_name(entity));
  }

  void write(const workload& from, std::uint64_t index) {
    const std::uint32_t entity = from.entity_of(index);
    const std::string& name = names_[entity];
    char raw[most_bytes];
    const record stored{now_us(), from.kind_of(index), static_cast<std::uint16_t>(workload::scope_of(entity)),
                        static_cast<std::uint32_t>(name.size()), workload::payload_of(index)};
    std::memcpy(raw + 8, &stored, sizeof stored);
    std::memcpy(raw + 8 + sizeof stored, name.data(), name.size());
    const auto length = static_cast<std::uint32_t>(sizeof stored + name.size());
    const std::uint32_t checksum = checksum_of(raw + 8, length);
    std::memcpy(raw, &length, 4);
    std::memcpy(raw + 4, &checksum, 4);
    must(std::fwrite(raw, 1, 8 + length, file_) == 8 + length, "fwrite");
    offsets_[name].push_back(end_);
    end_ += 8 + length;
  }

  [[nodiscard]] static std::uint32_t checksum_of(const char* data, std::size_t size) {
    return quipu::detail::crc32c(quipu::bytes_view{std::string_view{data, size}});
  }

  void read_one(sums& all, std::uint64_t offset) {
    char raw[most_bytes];
    must(::pread(::fileno(file_), raw, sizeof raw, static_cast<off_t>(offset)) > 8, "pread");
    std::uint32_t length = 0;
    std::uint32_t checksum = 0;
    record stored;
    std::memcpy(&length, raw, 4);
    std::memcpy(&checksum, raw + 4, 4);
    must(length <= sizeof raw - 8 && checksum_of(raw + 8, length) == checksum, "a record is damaged");
    std::memcpy(&stored, raw + 8, sizeof stored);
    all.add(stored.kind, stored.content.cents, stored.content.number);
  }

  /// Reads the file from the start, 1 MiB at a time; returns where the sound records end.
  template <class Visit>
  std::uint64_t scan(Visit&& visit) {
    std::vector<char> chunk(std::size_t{1} << 20);
    std::uint64_t chunk_at = 0;
    std::size_t used = 0;
    std::size_t filled = 0;
    for (;;) {
      std::uint32_t length = 0;
      std::uint32_t checksum = 0;
      if (filled - used >= 8) {
        std::memcpy(&length, chunk.data() + used, 4);
        std::memcpy(&checksum, chunk.data() + used + 4, 4);
      }
      if (filled - used < 8 || filled - used - 8 < length) {
        std::memmove(chunk.data(), chunk.data() + used, filled - used);
        chunk_at += used;
        filled -= used;
        used = 0;
        const ssize_t more = ::pread(::fileno(file_), chunk.data() + filled, chunk.size() - filled,
                                     static_cast<off_t>(chunk_at + filled));
        if (more <= 0) return chunk_at;
        filled += static_cast<std::size_t>(more);
        continue;
      }
      const char* const from = chunk.data() + used + 8;
      if (length < sizeof(record) || checksum_of(from, length) != checksum) return chunk_at + used;
      record stored;
      std::memcpy(&stored, from, sizeof stored);
      visit(chunk_at + used, stored, std::string_view{from + sizeof stored, length - sizeof stored});
      used += 8 + length;
    }
  }

  std::vector<char> buffer_;
  std::vector<std::string> names_;
  std::vector<std::uint64_t> gets_;
  std::unordered_map<std::string, std::vector<std::uint64_t>> offsets_;
  std::uint64_t end_{};
  std::mutex mutex_;
  std::FILE* file_{};
};

}  // namespace

std::unique_ptr<subject> make_fwrite_log(const std::string& name) {
  if (name == "fwrite_log") return std::make_unique<fwrite_log>(std::size_t{4} << 10);
  if (name == "fwrite_log_1m") return std::make_unique<fwrite_log>(std::size_t{1} << 20);
  return nullptr;
}

}  // namespace journal_bench
