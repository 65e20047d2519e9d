// SPDX-License-Identifier: BSL-1.0
//
// Which class an object is of would be lost.
// expect: a_pointer_to_a_polymorphic_type_has_no_encoding_use_std_variant<parcel_sent, .*vehicle
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <memory>
#include <variant>

struct vehicle {
  virtual ~vehicle() = default;
};
struct lorry {
  int load{};
};
struct parcel_sent {
#ifndef ACCEPT
  std::unique_ptr<vehicle> by{};
#else
  std::variant<lorry> by{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
