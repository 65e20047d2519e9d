// SPDX-License-Identifier: BSL-1.0
//
// boost_save.hpp: the archive that a `serialize` writes to. It models Boost's Saving Archive concept. An object is
// written as its class version (one byte) and the output of its `serialize`. The elements of a container share one
// class version, written after their count.
#pragma once

#include "../../core/byte_io.hpp"
#include "boost_part.hpp"
#include "encode.hpp"

#include <boost/mpl/bool.hpp>
#include <boost/serialization/serialization.hpp>
#include <boost/serialization/traits.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <variant>

namespace quipu::detail {

void nest_for_saving(unsigned& depth);

/// A model of Boost's Saving Archive. Not thread-safe. Boost's functions for containers call each other without
/// qualification; the empty base class lets argument-dependent lookup find them.
class saving_archive : boost::serialization::basic_traits {
 public:
  using is_saving = boost::mpl::true_;
  using is_loading = boost::mpl::false_;

  saving_archive(byte_writer& writer, unsigned depth) noexcept : writer_{&writer}, depth_{depth} {}

  /// A part without bytes is padded to one byte, so that a count of parts never exceeds the bytes behind it.
  template <class Part>
  saving_archive& operator<<(const Part& part) {
    save_padded([&] { save(part); });
    return *this;
  }
  template <class Part>
  saving_archive& operator&(const Part& part) {
    return *this << part;
  }
  /// Only functions for cereal call their archive.
  template <class... Parts>
  saving_archive& operator()(Parts&&...) {
    refuse_call<std::remove_cvref_t<Parts>...>();
    return *this;
  }
  void save_binary(const void* data, std::size_t size) { writer_->write(data, size); }

  [[nodiscard]] unsigned get_library_version() const noexcept { return archive_library_version; }
  template <class Type>
  void register_type(const Type* = nullptr) {
    refuse_registration<Type>();
  }
  template <class Helper>
  Helper& get_helper(void* = nullptr) {
    refuse_registration<Helper>();
    throw_encode_failed("an archive's helper");
  }

  /// Writes an object with its class version.
  template <class Object>
  void save_object(const Object& object) {
    put_version<Object>();
    save_body(object);
  }

 private:
  template <class Save>
  void save_padded(Save save_one) {
    const std::size_t before = writer_->size();
    save_one();
    if (writer_->size() == before) writer_->put(std::uint8_t{0});
  }

  template <class Object>
  void put_version() {
    if constexpr (is_object<Object>) writer_->put(static_cast<std::uint8_t>(class_version<std::remove_cv_t<Object>>));
  }

  template <class Object>
  void save_body(const Object& object) {
    if constexpr (is_object_supported<Object>) {
      nest_for_saving(depth_);
      // Boost's protocol passes a saved object by a non-const reference.
      boost::serialization::serialize_adl(*this, const_cast<Object&>(object), class_version<Object>);
      --depth_;
    } else {
      refuse_object<Object>();
    }
  }

  template <class Element>
  void save_element(const Element& element) {
    if constexpr (is_object<Element>)
      save_body(element);
    else
      save(element);
  }

  template <class Element>
  void save_elements(const Element* first, std::size_t count) {
    put_version<Element>();
    if constexpr (is_packed<Element>) {
      writer_->write(first, count * sizeof(Element));
    } else {
      for (const Element* element = first; element != first + count; ++element) save_element(*element);
    }
  }

  template <class Container>
  void save_sequence(const Container& container, std::size_t count) {
    put_count(*writer_, count);
    put_version<typename Container::value_type>();
    for (const auto& element : container) save_padded([&] { save_element(element); });
  }

  template <class Container>
  void save_associative(const Container& container) {
    put_count(*writer_, container.size());
    put_version<typename Container::key_type>();
    if constexpr (has_mapped_type<Container>) put_version<typename Container::mapped_type>();
    const auto save_one = [&](const auto& element) {
      save_padded([&] {
        if constexpr (has_mapped_type<Container>) {
          save_element(element.first);
          save_element(element.second);
        } else {
          save_element(element);
        }
      });
    };
    if constexpr (part_of<Container> == part::hashed) {
      encode_sorted(*writer_, container, save_one);
    } else {
      for (const auto& element : container) save_one(element);
    }
  }

  /// Writes the sign, the count of bytes, and the magnitude in little-endian order without leading zeros.
  template <class Number>
  void save_big_number(const Number& number) {
    const std::size_t start = writer_->size();
    writer_->put(static_cast<std::uint8_t>(number.sign()));
    writer_->put(std::uint32_t{0});
    for (std::size_t limb = 0; limb < number.size(); ++limb) {
      for (std::size_t shift = 0; shift < 8 * sizeof(*number.limbs()); shift += 8) {
        writer_->put(static_cast<std::uint8_t>(number.limbs()[limb] >> shift & 0xFF));
      }
    }
    bytes& buffer = writer_->buffer();
    while (buffer.size() > start + 5 && buffer.back() == std::byte{0}) buffer.pop_back();
    const std::size_t size = buffer.size() - start - 5;
    if (!fits<std::uint32_t>(size)) throw_encode_failed("a number of more than 4,294,967,295 bytes");
    store_little_endian(buffer.data() + start + 1, static_cast<std::uint32_t>(size));
  }

  template <class Part>
  void save(const Part& given) {
    constexpr part kind = part_of<Part>;
    if constexpr (kind == part::named_value) {
      save(given.const_value());
    } else if constexpr (kind == part::array_view) {
      save_elements(given.address(), given.count());
    } else if constexpr (kind == part::count) {
      put_count(*writer_, static_cast<std::size_t>(given));
    } else if constexpr (kind == part::version) {
      writer_->put(static_cast<std::uint32_t>(given));
    } else if constexpr (kind == part::c_array) {
      save_elements(given, std::extent_v<Part>);
    } else if constexpr (kind == part::known) {
      encode_value(*writer_, given, depth_);
    } else if constexpr (kind == part::sequence) {
      save_sequence(given, given.size());
    } else if constexpr (kind == part::forward_list) {
      std::size_t count = 0;
      for (auto place = given.begin(); place != given.end(); ++place) ++count;
      save_sequence(given, count);
    } else if constexpr (kind == part::fixed_array) {
      save_elements(given.data(), given.size());
    } else if constexpr (kind == part::optional) {
      writer_->put(static_cast<std::uint8_t>(given.has_value()));
      if (given) save(*given);
    } else if constexpr (kind == part::variant) {
      if (given.valueless_by_exception()) throw_encode_failed("a variant without a value");
      writer_->put(static_cast<std::uint8_t>(given.index()));
      std::visit([&](const auto& chosen) { save(chosen); }, given);
    } else if constexpr (kind == part::tuple) {
      std::apply([&](const auto&... parts) { (save(parts), ...); }, given);
    } else if constexpr (kind == part::ordered || kind == part::hashed) {
      save_associative(given);
    } else if constexpr (kind == part::pointer) {
      writer_->put(static_cast<std::uint8_t>(given != nullptr));
      if (given) save(*given);
    } else if constexpr (kind == part::big_number) {
      save_big_number(given);
    } else if constexpr (kind == part::object) {
      save_object(given);
    } else if constexpr (kind == part::record) {
      nest_for_saving(depth_);
      visit_members(given, [&](const auto&... members) { (save(members), ...); });
      --depth_;
    } else {
      refuse_part<Part>();
    }
  }

  byte_writer* writer_;
  unsigned depth_;
};

template <class Type>
void encode_by_serialize(byte_writer& writer, const Type& value, unsigned depth) {
  saving_archive{writer, depth}.save_object(value);
}

}  // namespace quipu::detail
