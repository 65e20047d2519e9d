// SPDX-License-Identifier: BSL-1.0
//
// boost_load.hpp: the archive that a `serialize` reads from. It models Boost's Loading Archive concept. Bytes that a
// saving archive would not write are refused by an exception, which `decode_by_serialize` turns into `false`.
#pragma once

#include "../../core/byte_io.hpp"
#include "boost_part.hpp"
#include "decode.hpp"

#include <boost/mpl/bool.hpp>
#include <boost/serialization/serialization.hpp>
#include <boost/serialization/traits.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace quipu::detail {

/// Thrown through the program's `serialize`, which returns nothing, and caught by `decode_by_serialize`.
struct load_failure {};

/// A model of Boost's Loading Archive. Not thread-safe. Boost's functions for containers call each other without
/// qualification; the empty base class lets argument-dependent lookup find them.
class loading_archive : boost::serialization::basic_traits {
 public:
  using is_saving = boost::mpl::false_;
  using is_loading = boost::mpl::true_;

  loading_archive(byte_reader& reader, unsigned depth) noexcept : reader_{&reader}, depth_{depth} {}

  /// Boost passes wrappers such as `nvp`, and the first members of pairs, as constants.
  template <class Part>
  loading_archive& operator>>(Part&& part) {
    load_padded([&] { load(const_cast<std::remove_const_t<std::remove_reference_t<Part>>&>(part)); });
    return *this;
  }
  template <class Part>
  loading_archive& operator&(Part&& part) {
    return *this >> std::forward<Part>(part);
  }
  /// Only functions for cereal call their archive.
  template <class... Parts>
  loading_archive& operator()(Parts&&...) {
    refuse_call<std::remove_cvref_t<Parts>...>();
    return *this;
  }
  void load_binary(void* data, std::size_t size) { require(reader_->read(data, size)); }

  [[nodiscard]] unsigned get_library_version() const noexcept { return archive_library_version; }
  template <class Object>
  void reset_object_address(const Object*, const void*) const noexcept {}
  template <class Type>
  void register_type(const Type* = nullptr) {
    refuse_registration<Type>();
  }
  template <class Helper>
  Helper& get_helper(void* = nullptr) {
    refuse_registration<Helper>();
    throw load_failure{};
  }

  template <class Object>
  void load_object(Object& object) {
    load_body(object, get_version<Object>());
  }

 private:
  static void require(bool holds);

  template <class Load>
  void load_padded(Load load_one) {
    const std::size_t before = reader_->position();
    load_one();
    if (reader_->position() == before) require(get_byte() == 0);
  }

  std::uint8_t get_byte();
  bool get_flag();
  /// A count of parts, each of at least one byte.
  std::size_t get_count();
  /// Objects of a newer program are refused.
  template <class Object>
  unsigned get_version() {
    if constexpr (is_object<Object>) {
      const unsigned stored = get_byte();
      require(stored <= class_version<std::remove_cv_t<Object>>);
      return stored;
    } else {
      return 0;
    }
  }

  void nest();

  template <class Object>
  void load_body(Object& object, unsigned version) {
    if constexpr (is_object_supported<Object>) {
      nest();
      boost::serialization::serialize_adl(*this, object, version);
      --depth_;
    } else {
      refuse_object<Object>();
    }
  }

  template <class Element>
  void load_element(Element& element, [[maybe_unused]] unsigned version) {
    if constexpr (is_object<Element>)
      load_body(element, version);
    else
      load(element);
  }

  template <class Element>
  void load_elements(Element* first, std::size_t count) {
    const unsigned version = get_version<Element>();
    if constexpr (is_packed<Element>) {
      require(count <= reader_->remaining() / sizeof(Element) && reader_->read(first, count * sizeof(Element)));
    } else {
      for (Element* element = first; element != first + count; ++element) load_element(*element, version);
    }
  }

  template <class Container>
  void load_sequence(Container& container) {
    using element_type = typename Container::value_type;
    const std::size_t count = get_count();
    const unsigned version = get_version<element_type>();
    container.clear();
    if constexpr (requires { container.reserve(count); })
      container.reserve(justified_capacity<element_type>(*reader_, count));
    for (std::size_t index = 0; index < count; ++index) {
      container.emplace_back();
      load_padded([&] { load_element(container.back(), version); });
    }
  }

  template <class Container>
  void load_forward_list(Container& container) {
    const std::size_t count = get_count();
    const unsigned version = get_version<typename Container::value_type>();
    container.clear();
    auto last = container.before_begin();
    for (std::size_t index = 0; index < count; ++index) {
      last = container.emplace_after(last);
      load_padded([&] { load_element(*last, version); });
    }
  }

  /// A sorted container's elements are stored in its order, a hashed one's in the order of their bytes. Keys that are
  /// objects of an older version may compare differently today, so their order is not checked; they must still differ.
  template <class Container>
  void load_associative(Container& container) {
    using key_type = typename Container::key_type;
    const std::size_t count = get_count();
    const unsigned key_version = get_version<key_type>();
    unsigned mapped_version = 0;
    if constexpr (has_mapped_type<Container>) mapped_version = get_version<typename Container::mapped_type>();
    container.clear();
    bytes_view previous;
    for (std::size_t index = 0; index < count; ++index) {
      key_type key{};
      const byte_reader start = *reader_;
      bytes_view compared;
      const auto load_key = [&] {
        load_element(key, key_version);
        compared = read_since(start, *reader_);
      };
      if constexpr (has_mapped_type<Container>) {
        typename Container::mapped_type mapped{};
        load_padded([&] {
          load_key();
          load_element(mapped, mapped_version);
        });
        if constexpr (keeps_equal_keys<Container>) compared = read_since(start, *reader_);
        require(index == 0 || follows(container, key, previous, compared));
        container.emplace(std::move(key), std::move(mapped));
      } else {
        load_padded(load_key);
        require(index == 0 || follows(container, key, previous, compared));
        container.emplace(std::move(key));
      }
      require(container.size() == index + 1);
      previous = compared;
    }
  }

  template <class Container, class Key>
  static bool follows([[maybe_unused]] const Container& container, [[maybe_unused]] const Key& key,
                      [[maybe_unused]] bytes_view previous, [[maybe_unused]] bytes_view compared) {
    if constexpr (part_of<Container> == part::hashed) {
      return keeps_equal_keys<Container> ? !sorts_before(compared, previous) : sorts_before(previous, compared);
    } else if constexpr (part_of<Key> == part::known) {
      auto last = container.end();
      --last;
      if constexpr (has_mapped_type<Container>) {
        return keeps_equal_keys<Container> ? !container.key_comp()(key, last->first)
                                           : container.key_comp()(last->first, key);
      } else {
        return keeps_equal_keys<Container> ? !container.key_comp()(key, *last) : container.key_comp()(*last, key);
      }
    } else {
      return true;
    }
  }

  template <class Variant, std::size_t... indices>
  void load_alternative(Variant& variant, std::size_t index, std::index_sequence<indices...>) {
    require(((index == indices && (load(variant.template emplace<indices>()), true)) || ...));
  }

  template <class Number>
  void load_big_number(Number& number) {
    using limb_type = std::remove_cvref_t<decltype(*number.limbs())>;
    const bool is_negative = get_flag();
    std::size_t size = get_count();
    bytes_view raw;
    require(reader_->take(raw, size));
    require(size == 0 ? !is_negative : raw[size - 1] != std::byte{0});
    const std::size_t limbs = size == 0 ? 1 : (size + sizeof(limb_type) - 1) / sizeof(limb_type);
    if (number.sign()) number.negate();
    if constexpr (requires { number.resize(1U, 1U); }) {
      // A type of limited precision cuts the number of limbs down to what it has.
      require(limbs <= 0xFFFF'FFFFU);
      number.resize(static_cast<unsigned>(limbs), static_cast<unsigned>(limbs));
    }
    require(number.size() == limbs);
    for (std::size_t limb = 0; limb < limbs; ++limb) {
      limb_type value = 0;
      for (std::size_t index = 0; index < sizeof(limb_type) && limb * sizeof(limb_type) + index < size; ++index) {
        const auto piece = static_cast<limb_type>(raw[limb * sizeof(limb_type) + index]);
        value = static_cast<limb_type>(value | static_cast<limb_type>(piece << 8 * index));
      }
      number.limbs()[limb] = value;
    }
    const limb_type highest = number.limbs()[limbs - 1];
    if constexpr (requires { number.normalize(); }) number.normalize();
    // A number of fixed width has cut off the limbs that don't fit.
    require(number.size() == limbs && number.limbs()[limbs - 1] == highest);
    if (is_negative) number.negate();
    require(number.sign() == is_negative);
  }

  template <class Part>
  void load(Part& given) {
    constexpr part kind = part_of<Part>;
    if constexpr (std::is_const_v<Part>) {
      load(const_cast<std::remove_const_t<Part>&>(given));
    } else if constexpr (kind == part::named_value) {
      load(given.value());
    } else if constexpr (kind == part::array_view) {
      load_elements(given.address(), given.count());
    } else if constexpr (kind == part::count) {
      given = Part{get_count()};
    } else if constexpr (kind == part::version) {
      std::uint32_t stored = 0;
      require(reader_->get(stored) && stored <= 0xFFFF);
      given = Part{stored};
    } else if constexpr (kind == part::c_array) {
      load_elements(given, std::extent_v<Part>);
    } else if constexpr (kind == part::known) {
      require(decode_value(*reader_, given, depth_));
    } else if constexpr (kind == part::sequence) {
      load_sequence(given);
    } else if constexpr (kind == part::forward_list) {
      load_forward_list(given);
    } else if constexpr (kind == part::fixed_array) {
      load_elements(given.data(), given.size());
    } else if constexpr (kind == part::optional) {
      given.reset();
      if (get_flag()) load(given.emplace());
    } else if constexpr (kind == part::variant) {
      load_alternative(given, get_byte(), std::make_index_sequence<std::variant_size_v<Part>>{});
    } else if constexpr (kind == part::tuple) {
      std::apply([&](auto&... parts) { (load(parts), ...); }, given);
    } else if constexpr (kind == part::ordered || kind == part::hashed) {
      load_associative(given);
    } else if constexpr (kind == part::pointer) {
      given.reset();
      if (get_flag()) {
        given.reset(new typename Part::element_type());
        load(*given);
      }
    } else if constexpr (kind == part::big_number) {
      load_big_number(given);
    } else if constexpr (kind == part::object) {
      load_object(given);
    } else if constexpr (kind == part::record) {
      nest();
      visit_members(given, [&](auto&... members) { (load(members), ...); });
      --depth_;
    } else {
      refuse_part<Part>();
    }
  }

  byte_reader* reader_;
  unsigned depth_;
};

/// Returns false where `serialize` throws anything but `std::bad_alloc`, which is passed on.
template <class Type>
bool decode_by_serialize(byte_reader& reader, Type& value, unsigned depth) {
  try {
    // `serialize` may skip members, for an older version or under a condition: they keep their default and no earlier
    // value.
    if constexpr (std::is_move_assignable_v<Type>) value = Type();
    loading_archive{reader, depth}.load_object(value);
    return true;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (...) {
    return false;
  }
}

}  // namespace quipu::detail
