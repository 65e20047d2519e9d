// SPDX-License-Identifier: BSL-1.0
//
// boost_save.hpp: the archive that a `serialize` writes to. It models Boost's Saving Archive concept. An object is its class
// version (one byte) and what its `serialize` writes; the elements of a container share the version that stands after their count.
#pragma once

#include "../../core/byte_io.hpp"
#include "boost_part.hpp"
#include "encode.hpp"

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <variant>

namespace quipu::detail {

inline void nest_for_saving(unsigned& depth) {
  if (depth >= depth_limit) throw_encode_failed("a recursive value nested more than 64 deep");
  ++depth;
}

/// `Access` is boost::serialization::access: it makes Boost's functions findable.
template <class Access>
class saving_archive {
 public:
  using access_type = Access;
  using is_saving = std::true_type;
  using is_loading = std::false_type;

  saving_archive(byte_writer& writer, unsigned depth) noexcept : writer_{&writer}, depth_{depth} {}

  /// A part that takes no bytes is given one, so that a count before parts is always backed by input.
  template <class Part>
  saving_archive& operator<<(const Part& part) {
    save_padded([&] { save(part); });
    return *this;
  }
  template <class Part>
  saving_archive& operator&(const Part& part) {
    return *this << part;
  }
  void save_binary(const void* data, std::size_t size) { writer_->write(data, size); }

  [[nodiscard]] unsigned get_library_version() const noexcept { return 19; }
  template <class Type>
  void register_type(const Type* = nullptr) {
    refuse_registration<Type>();
  }
  template <class Helper>
  Helper& get_helper(void* = nullptr) {
    refuse_registration<Helper>();
    throw_encode_failed("an archive's helper");
  }

  /// With its version, as every part is but the elements of a container.
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
      // Boost's functions take what they save by a reference that isn't const.
      call_serialize(*this, const_cast<Object&>(object), class_version<Object>);
      --depth_;
    } else {
      refuse_object<Object>();
    }
  }

  template <class Element>
  void save_element(const Element& element) {
    if constexpr (is_object<Element>) save_body(element);
    else save(element);
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

  /// The sign, the number of bytes, and the bytes of the magnitude, the lowest first and the highest not zero.
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
  saving_archive<boost::serialization::access>{writer, depth}.save_object(value);
}

}  // namespace quipu::detail
