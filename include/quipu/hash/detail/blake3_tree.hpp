// SPDX-License-Identifier: BSL-1.0
//
// blake3_tree.hpp: BLAKE3's mode of operation. A message is cut into chunks of 1,024 bytes, a chunk into blocks of 64;
// the chunks' values are joined two by two into a tree whose left parts are full. What is kept is one block and one
// value for each level of the tree.
#pragma once

#include "../../core/byte_io.hpp"
#include "../../core/detail/field.hpp"
#include "../digest.hpp"
#include "blake3_chunks.hpp"
#include "blake3_dispatch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace quipu::detail {

/// Copies, in constant expressions too, where the source may be characters.
template <byte_like Byte>
constexpr void blake3_copy(std::byte* to, const Byte* from, std::size_t count) noexcept {
  if (!std::is_constant_evaluated()) {
    if (count != 0) std::memcpy(to, from, count);
  } else {
    for (std::size_t index = 0; index < count; ++index)
      to[index] = static_cast<std::byte>(static_cast<unsigned char>(from[index]));
  }
}

[[nodiscard]] constexpr digest blake3_digest_of(const blake3_words& words) noexcept {
  std::array<std::byte, digest::size> raw{};
  blake3_store(raw.data(), words);
  return digest{raw};
}

/// The state of a hash, as `blake3_tree::save` writes it. The values of the full subtrees follow, 32 bytes each.
struct blake3_state_layout {
  static constexpr field<std::uint64_t> chunk{0};           ///< chunks that are complete
  static constexpr field<std::uint32_t> block_size{8};      ///< bytes in the current block
  static constexpr field<std::uint32_t> blocks_before{12};  ///< blocks of the current chunk that are complete
  static constexpr field<std::array<std::byte, digest::size>> chain{16};
  static constexpr field<std::array<std::byte, blake3_block_size>> block{48};
  static constexpr std::size_t head_size = 112;
};
static_assert(fields_fill(0, blake3_state_layout::head_size, blake3_state_layout::chunk,
                          blake3_state_layout::block_size, blake3_state_layout::blocks_before,
                          blake3_state_layout::chain, blake3_state_layout::block));

/// A hash under way: `key` is the initial value, a user's key or a derived one, and `mode` the flags that go with it.
class blake3_tree {
 public:
  constexpr blake3_tree(blake3_level level, const blake3_words& key, std::uint32_t mode) noexcept
      : key_{key}, chain_{key}, mode_{mode}, level_{level} {
    // At run time the values above stack_size_ are never read; clearing their 1.7 KiB would cost as much as a
    // compression.
    if (std::is_constant_evaluated()) stack_ = {};
  }
  constexpr blake3_tree(const blake3_tree& other) noexcept : blake3_tree{other.level_, other.key_, other.mode_} {
    *this = other;
  }
  constexpr blake3_tree& operator=(const blake3_tree& other) noexcept {
    key_ = other.key_;
    chain_ = other.chain_;
    block_ = other.block_;
    block_size_ = other.block_size_;
    blocks_before_ = other.blocks_before_;
    mode_ = other.mode_;
    level_ = other.level_;
    chunk_ = other.chunk_;
    stack_size_ = other.stack_size_;
    for (std::size_t index = 0; index < stack_size_; ++index) stack_[index] = other.stack_[index];
    return *this;
  }
  constexpr ~blake3_tree() = default;

  /// Takes more of the message. A full block is kept until more follows, because the last block of all is marked as
  /// such.
  template <byte_like Byte>
  constexpr void update(const Byte* data, std::size_t size) noexcept {
    while (size != 0) {
      if (block_size_ == blake3_block_size) take_block(block_.data());
      if (block_size_ == 0) {
        while (size > blake3_block_size) {
          if (!std::is_constant_evaluated() && blocks_before_ == 0 && size > worth_lanes * blake3_chunk_size &&
              level_ != blake3_level::portable) {
            take_chunks(data, size);
          } else {
            take_block(data);
            data += blake3_block_size;
            size -= blake3_block_size;
          }
        }
      }
      const std::size_t room = blake3_block_size - block_size_;
      const std::size_t part = size < room ? size : room;
      blake3_copy(block_.data() + block_size_, data, part);
      block_size_ += static_cast<std::uint32_t>(part);
      data += part;
      size -= part;
    }
  }

  /// The hash of what was taken so far.
  [[nodiscard]] constexpr digest finish() const noexcept {
    std::array<std::byte, blake3_block_size> block = block_;
    for (std::size_t index = block_size_; index < blake3_block_size; ++index) block[index] = std::byte{0};
    const std::uint32_t flags = mode_ | start_flag() | blake3_flag::chunk_end;
    blake3_words value = chain_;
    if (stack_size_ == 0) {
      blake3_compress(level_, value, block.data(), chunk_, block_size_, flags | blake3_flag::root);
      return blake3_digest_of(value);
    }
    blake3_compress(level_, value, block.data(), chunk_, block_size_, flags);
    for (std::size_t index = stack_size_; index > 1; --index) value = join(stack_[index - 1], value, 0);
    return blake3_digest_of(join(stack_[0], value, blake3_flag::root));
  }

  /// Writes the state, without key and mode: less than 2 KiB.
  template <class Bytes>
  void save(Bytes& to) const {
    using layout = blake3_state_layout;
    to.resize(layout::head_size + stack_size_ * digest::size);
    layout::chunk.store(to.data(), chunk_);
    layout::block_size.store(to.data(), block_size_);
    layout::blocks_before.store(to.data(), blocks_before_);
    blake3_store(to.data() + layout::chain.offset, chain_);
    std::memcpy(to.data() + layout::block.offset, block_.data(), blake3_block_size);
    for (std::size_t index = 0; index < stack_size_; ++index)
      blake3_store(to.data() + layout::head_size + index * digest::size, stack_[index]);
  }
  /// Restores a state that `save` wrote, in a hash with the same key and mode. Returns false, without changes, if the
  /// bytes can't be such a state.
  [[nodiscard]] bool restore(const std::byte* from, std::size_t size) noexcept {
    using layout = blake3_state_layout;
    if (size < layout::head_size) return false;
    const std::uint64_t chunk = layout::chunk.load(from);
    const std::uint32_t block_size = layout::block_size.load(from);
    const std::uint32_t blocks_before = layout::blocks_before.load(from);
    std::size_t subtrees = 0;  // as many as the number of chunks has one bits
    for (std::uint64_t left = chunk; left != 0; left &= left - 1) ++subtrees;
    if (block_size > blake3_block_size || blocks_before >= blocks_in_chunk || chunk >> deepest != 0) return false;
    if (size != layout::head_size + subtrees * digest::size) return false;
    chunk_ = chunk;
    block_size_ = block_size;
    blocks_before_ = blocks_before;
    chain_ = words_at(from + layout::chain.offset);
    std::memcpy(block_.data(), from + layout::block.offset, blake3_block_size);
    stack_size_ = subtrees;
    for (std::size_t index = 0; index < subtrees; ++index)
      stack_[index] = words_at(from + layout::head_size + index * digest::size);
    return true;
  }

 private:
  static constexpr std::size_t blocks_in_chunk = blake3_chunk_size / blake3_block_size;
  static constexpr std::size_t worth_lanes = 3;  // with fewer chunks, one after the other is as fast
  static constexpr std::size_t deepest = 54;     // 2^64 bytes are 2^54 chunks.

  [[nodiscard]] static blake3_words words_at(const std::byte* from) noexcept {
    blake3_words words{};
    for (std::size_t index = 0; index < words.size(); ++index)
      words[index] = load_little_endian<std::uint32_t>(from + 4 * index);
    return words;
  }
  [[nodiscard]] constexpr std::uint32_t start_flag() const noexcept {
    return blocks_before_ == 0 ? blake3_flag::chunk_start : 0;
  }

  /// Takes a full block that isn't the message's last, and with it the chunk when that is complete.
  template <byte_like Byte>
  constexpr void take_block(const Byte* block) noexcept {
    const bool last = blocks_before_ + 1 == blocks_in_chunk;
    blake3_compress(level_, chain_, block, chunk_, blake3_block_size,
                    mode_ | start_flag() | (last ? blake3_flag::chunk_end : 0));
    block_size_ = 0;
    ++blocks_before_;
    if (!last) return;
    take_subtree(chain_, 1);
    chain_ = key_;
    blocks_before_ = 0;
  }

  /// Takes as many chunks as can be at once, and leaves something of the message, so that none of them is its last.
  template <byte_like Byte>
  void take_chunks(const Byte*& data, std::size_t& size) noexcept {
    const std::size_t lanes = blake3_lanes_of(level_);
    blake3_words values[blake3_most_lanes];
    while (size > worth_lanes * blake3_chunk_size) {
      const std::size_t left = (size - 1) / blake3_chunk_size;
      const std::size_t count = left < lanes ? left : lanes;
      const bool whole = count == lanes && chunk_ % lanes == 0;
      blake3_take_chunks(level_, reinterpret_cast<const std::byte*>(data), count, chunk_, whole, key_, mode_, values);
      if (whole)
        take_subtree(values[0], lanes);
      else
        for (std::size_t index = 0; index < count; ++index) take_subtree(values[index], 1);
      data += count * blake3_chunk_size;
      size -= count * blake3_chunk_size;
    }
  }

  /// Adds the value of a subtree of so many chunks, a power of two, of which none is the message's last. As many
  /// subtrees are complete now as its number, counted in subtrees of that size, ends in one bits.
  constexpr void take_subtree(blake3_words value, std::size_t chunks) noexcept {
    for (std::uint64_t number = chunk_ / chunks; (number & 1) != 0; number >>= 1)
      value = join(stack_[--stack_size_], value, 0);
    stack_[stack_size_++] = value;
    chunk_ += chunks;
  }

  [[nodiscard]] constexpr blake3_words join(const blake3_words& left, const blake3_words& right,
                                            std::uint32_t root) const noexcept {
    std::array<std::byte, blake3_block_size> block{};
    blake3_store(block.data(), left);
    blake3_store(block.data() + blake3_block_size / 2, right);
    blake3_words value = key_;
    blake3_compress(level_, value, block.data(), 0, blake3_block_size, mode_ | blake3_flag::parent | root);
    return value;
  }

  blake3_words key_;
  blake3_words chain_;
  std::array<std::byte, blake3_block_size> block_{};
  std::uint32_t block_size_{};
  std::uint32_t blocks_before_{};
  std::uint32_t mode_;
  blake3_level level_;
  std::uint64_t chunk_{};
  std::size_t stack_size_{};
  std::array<blake3_words, deepest> stack_;
};

/// The hash of a whole message.
template <byte_like Byte>
[[nodiscard]] constexpr digest blake3_hash(blake3_level level, const Byte* data, std::size_t size,
                                           const blake3_words& key, std::uint32_t mode) noexcept {
  if (size > blake3_chunk_size) {
    blake3_tree tree{level, key, mode};
    tree.update(data, size);
    return tree.finish();
  }
  // One chunk: no tree, and no copy but of a last block that isn't full.
  blake3_words value = key;
  std::uint32_t flags = mode | blake3_flag::chunk_start;
  for (; size > blake3_block_size; size -= blake3_block_size, data += blake3_block_size) {
    blake3_compress(level, value, data, 0, blake3_block_size, flags);
    flags = mode;
  }
  flags |= blake3_flag::chunk_end | blake3_flag::root;
  if (size == blake3_block_size) {
    blake3_compress(level, value, data, 0, blake3_block_size, flags);
  } else {
    std::array<std::byte, blake3_block_size> block{};
    blake3_pad_block(block.data(), data, size);
    blake3_compress(level, value, block.data(), 0, static_cast<std::uint32_t>(size), flags);
  }
  return blake3_digest_of(value);
}

}  // namespace quipu::detail
