// SPDX-License-Identifier: BSL-1.0
//
// Structured bindings take a std::tuple_size at its word, and not the members.
// expect: a_struct_with_a_std_tuple_size_has_no_encoding_remove_it_or_adapt_the_struct_with_hana<parcel_sent, parcel_sent>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstddef>
#include <type_traits>
#include <utility>

struct parcel_sent {
  int count{};
  int weight{};
  template <std::size_t index>
  int& get() {
    return count;
  }
};
#ifndef ACCEPT
template <>
struct std::tuple_size<parcel_sent> : std::integral_constant<std::size_t, 1> {};
template <>
struct std::tuple_element<0, parcel_sent> {
  using type = int;
};
#endif

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
