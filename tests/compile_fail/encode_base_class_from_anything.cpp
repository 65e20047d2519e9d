// SPDX-License-Identifier: BSL-1.0
//
// A base class that is constructible from anything is still a base class; as a member it would be none.
// expect: a_struct_with_a_base_class_has_no_encoding_make_the_base_a_member_or_adapt_it_with_hana_or_write_serialize<parcel_sent, parcel_sent>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <boost/hana/adapt_struct.hpp>

#include <string>

struct label {
  label() = default;
  template <class Source>
  label(const Source& from) : text(sizeof from, 'x') {}
  std::string text{};
};
BOOST_HANA_ADAPT_STRUCT(label, text);
#ifndef ACCEPT
struct parcel_sent : label {
#else
struct parcel_sent {
  label base{};
#endif
  int count{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
