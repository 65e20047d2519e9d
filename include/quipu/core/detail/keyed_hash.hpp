// SPDX-License-Identifier: BSL-1.0
//
// keyed_hash.hpp: hashes for tables in memory. They are keyed with a secret of the process: without it, names or ids
// that collide cannot be chosen. The hashes are never stored. See docs/decisions/0067.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quipu::detail {

/// A secret of the process: random when it is first used, and the same until the process ends, also in a forked child,
/// whose tables are copies. Lock-free, so that a fork never meets a lock.
class table_secret {
 public:
  [[nodiscard]] static std::uint64_t first() noexcept { return drawn(words_[0]); }
  [[nodiscard]] static std::uint64_t second() noexcept { return drawn(words_[1]); }

 private:
  [[nodiscard]] static std::uint64_t drawn(std::atomic<std::uint64_t>& word) noexcept {
    const std::uint64_t known = word.load(std::memory_order_relaxed);  // it changes once, and alone
    return known != 0 ? known : draw(word);
  }
  /// The first thread that comes decides.
  [[nodiscard]] static std::uint64_t draw(std::atomic<std::uint64_t>& word) noexcept;

  static inline std::atomic<std::uint64_t> words_[2]{};
};

/// SipHash-1-3 (Aumasson, Bernstein, "SipHash: a fast short-input PRF", 2012), with the secret of the process. Takes
/// words instead of bytes: a text is its size and then its bytes; the last word has zeros above them. The byte order
/// must be little-endian.
class keyed_hash {
 public:
  keyed_hash() noexcept {
    const std::uint64_t first = table_secret::first();
    const std::uint64_t second = table_secret::second();
    v0_ ^= first;
    v1_ ^= second;
    v2_ ^= first;
    v3_ ^= second;
  }

  keyed_hash& add(std::uint64_t word) noexcept {
    v3_ ^= word;
    mix();
    v0_ ^= word;
    return *this;
  }
  keyed_hash& add(std::string_view text) noexcept {
    add(text.size());
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t), at += sizeof(std::uint64_t)) add(word_at(at));
    if (left == 0) return *this;
    if (text.size() >= sizeof(std::uint64_t)) return add(word_at(at + left - sizeof(std::uint64_t)) >> (64 - 8 * left));
    std::uint64_t word = 0;
    std::memcpy(&word, at, left);
    return add(word);
  }
  [[nodiscard]] std::uint64_t result() noexcept {
    v2_ ^= 0xFF;
    mix();
    mix();
    mix();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  [[nodiscard]] static std::uint64_t word_at(const char* at) noexcept {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
  }

  void mix() noexcept {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v1_;
    v0_ += v3_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_{0x736F'6D65'7073'6575U};
  std::uint64_t v1_{0x646F'7261'6E64'6F6DU};
  std::uint64_t v2_{0x6C79'6765'6E65'7261U};
  std::uint64_t v3_{0x7465'6462'7974'6573U};
};

struct number_hash {
  [[nodiscard]] std::uint64_t operator()(std::uint64_t value) const noexcept {
    return keyed_hash{}.add(value).result();
  }
};
struct text_hash {
  [[nodiscard]] std::uint64_t operator()(std::string_view text) const noexcept {
    return keyed_hash{}.add(text).result();
  }
};

}  // namespace quipu::detail
