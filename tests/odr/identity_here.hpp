// SPDX-License-Identifier: BSL-1.0
//
// identity_here.hpp: fills in an identity in the file that includes this; quipu.hpp has to be included before.
#pragma once

#include "identity.hpp"

#include <cstdint>

namespace odr_tests {

// In an unnamed namespace on purpose: each file is to ask for itself.
namespace {

identity identity_here() {
  return {&quipu::version,
          reinterpret_cast<const void*>(&quipu::schema_text<happened>),
          reinterpret_cast<const void*>(&quipu::in_memory_store<quipu::no_cache>),
          quipu::schema_text<happened>().data(),
          quipu::fingerprint<happened>(),
          quipu::schema_text<happened>()};
}

}  // namespace

}  // namespace odr_tests
