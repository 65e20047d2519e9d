// SPDX-License-Identifier: BSL-1.0
//
// Whether two pointers share an object would be lost.
// expect: a_shared_pointer_has_no_encoding_sharing_is_not_kept_.*_or_an_id<parcel_sent, .*shared_ptr<
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <memory>

struct parcel_sent {
#ifndef ACCEPT
  std::shared_ptr<int> weight{};
#else
  std::unique_ptr<int> weight{};
#endif
};

int main() {
  const parcel_sent value{};
  static_cast<void>(quipu::encode(value));
}
