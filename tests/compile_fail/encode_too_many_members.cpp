// SPDX-License-Identifier: BSL-1.0
//
// 65 members are one too many.
// expect: a_struct_of_more_than_64_members_has_no_encoding_nest_structs_or_adapt_it_with_hana_or_write_serialize<parcel_sent, parcel_sent>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

struct parcel_sent {
  int a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{}, i{}, j{}, k{}, l{}, m{}, n{}, o{}, p{}, q{}, r{}, s{}, t{}, u{}, v{};
  int w{}, x{}, y{}, z{}, a1{}, b1{}, c1{}, d1{}, e1{}, f1{}, g1{}, h1{}, i1{}, j1{}, k1{}, l1{}, m1{}, n1{}, o1{},
      p1{}, q1{};
  int r1{}, s1{}, t1{}, u1{}, v1{}, w1{}, x1{}, y1{}, z1{}, a2{}, b2{}, c2{}, d2{}, e2{}, f2{}, g2{}, h2{}, i2{}, j2{},
      k2{}, l2{};
#ifndef ACCEPT
  int last{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
