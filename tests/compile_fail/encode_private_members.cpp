// SPDX-License-Identifier: BSL-1.0
//
// A class whose members can't be reached.
// expect: a_type_of_this_kind_has_no_encoding_make_it_an_aggregate_or_adapt_it_with_hana_or_write_serialize<parcel_sent, money>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

class money {
#ifdef ACCEPT
 public:
#endif
  int cents{};
};
struct parcel_sent {
  money price{};
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
