// SPDX-License-Identifier: BSL-1.0
//
// identity.hpp: what each file of this program says about the same entities of the library. Differing answers mean that
// a header defines something once per file, e.g. a static or an unnamed namespace.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace odr_tests {

struct happened {
  std::int64_t count{};
  std::string text;
};

struct identity {
  const void* version;
  const void* function;
  const void* store;
  const void* text_begins;
  std::uint64_t fingerprint;
  std::string_view schema_text;

  bool operator==(const identity&) const = default;
};

identity seen_by_second();
identity seen_by_hostile();

}  // namespace odr_tests
