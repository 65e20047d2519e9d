// SPDX-License-Identifier: BSL-1.0
//
// text.hpp: a short immutable message that can be made in a constant expression. std::string cannot on every compiler:
// short strings fail with clang 14 and libstdc++ 12, and strings in a union fail with g++ 12. At run time a `text` owns
// its characters; in a constant expression it refers to its source, so that a message can outlive the constant
// expression.
#pragma once

#include "../codec/schema.hpp"
#include "../core/byte_io.hpp"
#include "../core/error.hpp"

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu {
namespace detail {

template <class Source, class Self>
concept text_source =
    !std::same_as<std::remove_cvref_t<Source>, Self> && std::convertible_to<const Source&, std::string_view>;

/// Integers that are neither characters nor bool.
template <class Integer>
concept decimal_integer = std::integral<Integer> && !std::same_as<Integer, bool> && !std::same_as<Integer, char> &&
                          !std::same_as<Integer, wchar_t> && !std::same_as<Integer, char8_t> &&
                          !std::same_as<Integer, char16_t> && !std::same_as<Integer, char32_t>;

}  // namespace detail

/// An immutable string. Converts implicitly from literals, `std::string` and `std::string_view`, and to a
/// `std::string_view` that is valid as long as the text. Copying at run time allocates and throws `std::bad_alloc`. In
/// a constant expression the source must outlive the text; otherwise the program does not compile.
class text {
 public:
  constexpr text() noexcept = default;

  template <detail::text_source<text> Source>
  constexpr text(const Source& source) : text{std::string_view{source}, std::is_constant_evaluated()} {}

  constexpr text(const text& other) : text{other.view(), !other.owned_ && std::is_constant_evaluated()} {}
  constexpr text(text&& other) noexcept
      : data_{std::exchange(other.data_, nullptr)},
        size_{std::exchange(other.size_, 0)},
        owned_{std::exchange(other.owned_, false)} {}
  constexpr text& operator=(const text& other) {
    text copy{other};
    swap(copy);
    return *this;
  }
  constexpr text& operator=(text&& other) noexcept {
    text taken{std::move(other)};
    swap(taken);
    return *this;
  }
  constexpr ~text() {
    if (owned_) delete[] data_;
  }

  /// Returns an integer in decimal digits.
  template <detail::decimal_integer Integer>
  [[nodiscard]] static constexpr text decimal(Integer value) {
    char digits[3 * sizeof(Integer) + 1]{};
    std::size_t first = sizeof digits;
    const bool negative = value < 0;
    do {
      const auto digit = static_cast<int>(value % 10);
      digits[--first] = static_cast<char>('0' + (digit < 0 ? -digit : digit));
      value = static_cast<Integer>(value / 10);
    } while (value != 0);
    if (negative) digits[--first] = '-';
    return text{std::string_view{digits + first, sizeof digits - first}, false};
  }

  [[nodiscard]] constexpr std::string_view view() const noexcept { return {data_, size_}; }
  constexpr operator std::string_view() const noexcept { return view(); }
  [[nodiscard]] std::string str() const;
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

  friend constexpr bool operator==(const text& left, const text& right) noexcept { return left.view() == right.view(); }
  friend constexpr std::strong_ordering operator<=>(const text& left, const text& right) noexcept {
    return left.view() <=> right.view();
  }
  template <detail::text_source<text> Other>
  friend constexpr bool operator==(const text& left, const Other& right) noexcept {
    return left.view() == std::string_view{right};
  }

  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const text& shown) {
    return out << shown.view();
  }

 private:
  // The members are set in the initialisers, because g++ 12 rejects assignments to members of a constant under
  // construction.
  constexpr text(std::string_view source, bool refer)
      : data_{refer || source.empty() ? source.data() : copy_of(source)},
        size_{source.size()},
        owned_{!refer && !source.empty()} {}

  [[nodiscard]] static constexpr const char* copy_of(std::string_view source) {
    char* const copy = new char[source.size()];
    for (std::size_t index = 0; index < source.size(); ++index) copy[index] = source[index];
    return copy;
  }

  constexpr void swap(text& other) noexcept {
    data_ = std::exchange(other.data_, data_);
    size_ = std::exchange(other.size_, size_);
    owned_ = std::exchange(other.owned_, owned_);
  }

  const char* data_{};
  std::size_t size_{};
  bool owned_{};
};

namespace detail {

/// Encodes a text like a std::string.
template <>
struct external_codec<text> {
  static constexpr bool provided = true;
  static constexpr std::string_view schema = "str";
  static constexpr std::size_t min_size = 4;

  template <class Writer>
  static void encode(Writer& writer, const text& value, unsigned) {
    const std::string_view shown = value.view();
    if (shown.size() > UINT32_MAX) throw error{errc::encode_failed, "a text of more than 4,294,967,295 bytes"};
    writer.put(static_cast<std::uint32_t>(shown.size()));
    writer.write(shown.data(), shown.size());
  }
  template <class Reader>
  static bool decode(Reader& reader, text& value, unsigned) {
    std::uint32_t size = 0;
    bytes_view raw;
    if (!reader.get(size) || !reader.take(raw, size)) return false;
    value = text{raw.text()};
    return true;
  }
};

}  // namespace detail
}  // namespace quipu
