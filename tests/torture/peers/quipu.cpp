// SPDX-License-Identifier: BSL-1.0
//
// quipu.cpp: quipu with its default settings, but for small segments, so that a small store has several.
#include "peer.hpp"

#include <quipu/store/store.hpp>
#include <quipu/version.hpp>

namespace torture {
namespace {

struct recorded {
  static constexpr auto kind = quipu::event_kind::custom(0xF, 1);
  std::uint64_t number{};
  std::string payload{};
};

class quipu_store final : public opened_store {
 public:
  quipu_store(const std::filesystem::path& folder, purpose why) : store_{settings_for(folder, why)} {}

  void append(std::uint64_t first, std::uint64_t count) override {
    quipu::batch commit;
    for (std::uint64_t number = first; number < first + count; ++number)
      static_cast<void>(
          commit.add({"entity:" + std::to_string(number % 8), "torture"}, recorded{number, payload_of(number)}));
    static_cast<void>(store_.append(commit));
  }
  void read(const visitor& visit) override {
    for (const quipu::event_view& each : store_.query(quipu::region::all())) {
      const auto event = each.as<recorded>();
      visit(event.number, event.payload);
    }
  }
  [[nodiscard]] bool said_that_it_dropped_something() override { return store_.diagnostics().recovered.has_value(); }

 private:
  static quipu::config settings_for(const std::filesystem::path& folder, purpose why) {
    quipu::config settings{.directory = folder};
    settings.create_if_missing = why == purpose::write;
    settings.segment_max_bytes = std::uint64_t{16} << 10;
    settings.writer.preallocate_bytes = std::uint64_t{16} << 10;
    return settings;
  }

  quipu::store store_;
};

}  // namespace

std::vector<peer> quipu_peers() {
  const auto [major, minor, patch] = quipu::version;
  return {{"quipu", std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch),
           "defaults; segments of 16 KiB", false, [](const std::filesystem::path& folder, purpose why) {
             return std::make_unique<quipu_store>(folder, why);
           }}};
}

}  // namespace torture
