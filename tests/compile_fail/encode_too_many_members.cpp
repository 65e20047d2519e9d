// SPDX-License-Identifier: BSL-1.0
//
// 25 members are one too many.
// expect: a_struct_of_more_than_24_members_has_no_encoding_nest_structs_or_adapt_it_with_hana_or_write_serialize<parcel_sent, parcel_sent>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <cstdint>

struct parcel_sent {
  int a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{}, i{}, j{}, k{}, l{}, m{}, n{}, o{}, p{}, q{}, r{}, s{}, t{}, u{}, v{}, w{}, x{};
#ifndef ACCEPT
  int y{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
