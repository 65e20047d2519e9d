// SPDX-License-Identifier: BSL-1.0
#include <boost/container/flat_map.hpp>
#include <boost/hana/define_struct.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

// [serialize]
/// Encoded by its `serialize`. Its name stands for it in the log.
class money {
 public:
  static constexpr std::string_view schema_name = "money";
  money() = default;
  explicit money(std::int64_t cents) : cents_{cents} {}
  [[nodiscard]] std::int64_t cents() const { return cents_; }

 private:
  friend class boost::serialization::access;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& BOOST_SERIALIZATION_NVP(cents_);
  }
  std::int64_t cents_{};
};
// [/serialize]

// [hana]
/// Members that Boost.Hana names.
struct address {
  BOOST_HANA_DEFINE_STRUCT(address, (std::string, street), (std::string, town));
};
// [/hana]

// [event]
struct invoiced {
  static constexpr auto kind = quipu::event_kind::custom(6, 1);
  boost::uuids::uuid customer{};
  address to{};
  boost::container::flat_map<std::string, money> items{};
};
// [/event]

int main() {
  auto store = quipu::in_memory_store();
  // [append]
  const auto customer =
      boost::uuids::name_generator_sha1{boost::uuids::ns::dns()}("example.org");
  const auto receipt = store.append(
      {"invoice:1", "shop"},
      invoiced{customer, {"Langstrasse 1", "Zürich"}, {{"lamp", money{2500}}}});

  const auto stored = store.get(receipt.id).as<invoiced>();
  std::cout << stored.customer << " in " << stored.to.town << " pays "
            << stored.items.at("lamp").cents() << '\n';
  // [/append]
  // [schema]
  std::cout << quipu::schema_text<invoiced>() << '\n';
  // [/schema]
}
