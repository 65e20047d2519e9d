// SPDX-License-Identifier: BSL-1.0
//
// BLAKE3 runs while compiling as it does at run time. Change a digit of the hash, or the text, and it does not compile.
// `certificate()` has the 32 bytes, and no hash function.
#include <cstdio>
#include <quipu_model.hpp>

static_assert(quipu::blake3("abc") ==
              *quipu::digest::parse("6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"));
// try: static_assert(quipu::blake3("abd") == quipu::blake3("abc"));

quipu::digest certificate() {
  constexpr quipu::digest known = quipu::blake3("the terms as they were agreed upon");
  return known;
}

int main() { std::puts(certificate().str().c_str()); }
