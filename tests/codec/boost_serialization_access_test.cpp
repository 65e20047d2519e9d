// SPDX-License-Identifier: BSL-1.0
//
// boost_serialization_access_test.cpp: a program that includes access.hpp and no other header of Boost.Serialization.
#include <boost/serialization/access.hpp>

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace boost_access {

class hidden {
 public:
  hidden() = default;
  explicit hidden(std::int32_t number) : number_{number} {}
  bool operator==(const hidden&) const = default;

 private:
  friend class boost::serialization::access;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& number_;
  }
  std::int32_t number_{};
};
struct beside {
  std::vector<hidden> parts;
  bool operator==(const beside&) const = default;
};
template <class Archive>
void serialize(Archive& archive, beside& value, const unsigned int) {
  archive& value.parts;
}
struct open {
  static constexpr std::string_view schema_name = "access.open";
  beside first;
  hidden second;
  bool operator==(const open&) const = default;
  template <class Archive>
  void serialize(Archive& archive, const unsigned int) {
    archive& first& second;
  }
};

}  // namespace boost_access

TEST_CASE("access.hpp alone is enough for private members", "[boost]") {
  const boost_access::open sample{{{boost_access::hidden{1}}}, boost_access::hidden{-1}};
  const quipu::bytes data = quipu::encode(sample);
  CHECK(quipu::detail::to_hex(data) ==
        "10000000"
        "00"
        "00"
        "01000000"
        "00"
        "01000000"
        "00"
        "ffffffff");
  CHECK((quipu::decode<boost_access::open>(data) == sample));
}
