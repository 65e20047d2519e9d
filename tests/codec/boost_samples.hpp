// SPDX-License-Identifier: BSL-1.0
//
// boost_samples.hpp: types with a `serialize` in every form that Boost.Serialization knows, with Boost's headers before
// quipu's.
#pragma once

#include <boost/array.hpp>
#include <boost/date_time/gregorian/greg_serialize.hpp>
#include <boost/date_time/gregorian/gregorian.hpp>
#include <boost/date_time/posix_time/posix_time.hpp>
#include <boost/date_time/posix_time/time_serialize.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <boost/multiprecision/cpp_int/serialize.hpp>
#include <boost/optional.hpp>
#include <boost/serialization/access.hpp>
#include <boost/serialization/array.hpp>
#include <boost/serialization/base_object.hpp>
#include <boost/serialization/binary_object.hpp>
#include <boost/serialization/bitset.hpp>
#include <boost/serialization/boost_array.hpp>
#include <boost/serialization/boost_unordered_map.hpp>
#include <boost/serialization/complex.hpp>
#include <boost/serialization/deque.hpp>
#include <boost/serialization/forward_list.hpp>
#include <boost/serialization/list.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/optional.hpp>
#include <boost/serialization/priority_queue.hpp>
#include <boost/serialization/queue.hpp>
#include <boost/serialization/set.hpp>
#include <boost/serialization/split_free.hpp>
#include <boost/serialization/split_member.hpp>
#include <boost/serialization/stack.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/tracking.hpp>
#include <boost/serialization/unique_ptr.hpp>
#include <boost/serialization/unordered_map.hpp>
#include <boost/serialization/unordered_set.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/valarray.hpp>
#include <boost/serialization/vector.hpp>
#include <boost/serialization/version.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <boost/uuid/uuid_serialize.hpp>

#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/codec/codec.hpp>
#include <quipu/codec/schema_json.hpp>
#endif

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace boost_samples {

// Private members, and a version of its own: the first version had no unit.
class reading {
 public:
  reading() = default;
  explicit reading(double value, std::string unit = "") : value_{value}, unit_{std::move(unit)} {}
  bool operator==(const reading&) const = default;
  auto operator<=>(const reading&) const = default;

 private:
  friend class boost::serialization::access;
  template <class Archive>
  void serialize(Archive& archive, const unsigned int version) {
    archive& BOOST_SERIALIZATION_NVP(value_);
    if (version >= 2) archive& BOOST_SERIALIZATION_NVP(unit_);
  }
  double value_{};
  std::string unit_;
};
// The class as it was, and as it will be.
class old_reading {
 public:
  explicit old_reading(double value = 0) : value_{value} {}

 private:
  friend class boost::serialization::access;
  template <class Archive>
  void serialize(Archive& archive, const unsigned int) {
    archive& value_;
  }
  double value_;
};
struct future_reading {
  double value{};
  std::string unit;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& value& unit;
  }
};

// One shape for the three of them, so that what one wrote can be read by another.
template <class Reading>
struct series {
  static constexpr std::string_view schema_name = "samples.series";
  std::uint16_t number{};
  std::vector<Reading> readings;
  std::optional<Reading> best;
  bool operator==(const series&) const = default;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& number& readings& best;
  }
};

struct point {
  std::int32_t x{};
  std::int32_t y{};
  bool operator==(const point&) const = default;
};
// A free function in the type's own namespace, split.
struct label {
  std::string text;
  bool operator==(const label&) const = default;
};
template <class Archive>
void save(Archive& archive, const label& value, unsigned) {
  const std::string reversed{value.text.rbegin(), value.text.rend()};
  archive << reversed;
}
template <class Archive>
void load(Archive& archive, label& value, unsigned) {
  std::string reversed;
  archive >> reversed;
  value.text.assign(reversed.rbegin(), reversed.rend());
}
template <class Archive>
void serialize(Archive& archive, label& value, const unsigned int version) {
  boost::serialization::split_free(archive, value, version);
}

struct base {
  std::string title;
  bool operator==(const base&) const = default;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& title;
  }
};
class split_member_sample : public base {
 public:
  std::int64_t number{};
  bool operator==(const split_member_sample&) const = default;

 private:
  friend class boost::serialization::access;
  template <class Archive>
  void save(Archive& archive, unsigned) const {
    archive << boost::serialization::make_nvp("base", boost::serialization::base_object<base>(*this));
    archive << number;
  }
  template <class Archive>
  void load(Archive& archive, unsigned) {
    archive >> boost::serialization::make_nvp("base", boost::serialization::base_object<base>(*this));
    archive >> number;
  }
  BOOST_SERIALIZATION_SPLIT_MEMBER()
};

struct nothing {
  bool operator==(const nothing&) const = default;
  auto operator<=>(const nothing&) const = default;
  template <class Archive>
  void serialize(Archive&, unsigned) {}
};
struct plain_empty {
  bool operator==(const plain_empty&) const = default;
};
// No `serialize` itself, but a part that has one.
struct plain_holder {
  std::uint8_t count{};
  label name;
  bool operator==(const plain_holder&) const = default;
};
struct label_key {
  std::uint8_t number{};
  auto operator<=>(const label_key&) const = default;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& number;
  }
};
struct hash_reading {
  std::size_t operator()(const reading& value) const { return reinterpret_cast<const unsigned char&>(value) % 3U; }
};

template <class Container>
struct only {
  static constexpr std::string_view schema_name = "samples.only";
  Container container;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& container;
  }
};

struct tree {
  static constexpr std::string_view schema_name = "samples.tree";
  std::string name;
  std::vector<tree> kids;
  std::unique_ptr<tree> next;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& name& kids& next;
  }
};

enum class colour : std::uint8_t { red, green };

// What Boost's headers are for, and what the codec knows: objects and numbers in each.
struct containers {
  static constexpr std::string_view schema_name = "samples.containers";
  std::vector<reading> readings;
  std::vector<bool> bits;
  std::deque<reading> deque;
  std::list<int> list;
  std::list<label> labels;
  std::forward_list<reading> forward;
  std::set<reading> set;
  std::multiset<reading> multiset;
  std::map<std::string, reading> map;
  std::map<reading, reading> by_reading;
  std::multimap<int, label> multimap;
  std::unordered_map<int, reading> hashed;
  std::unordered_multimap<int, label> hashed_multimap;
  std::unordered_set<std::string> hashed_set;
  std::unordered_set<reading, hash_reading> hashed_readings;
  boost::unordered_map<int, reading> boost_hashed;
  std::pair<reading, int> pair;
  std::tuple<label, reading, std::tuple<>> tuple;
  std::array<reading, 2> array;
  boost::array<int, 3> boost_array{};
  std::vector<plain_holder> holders;
  std::vector<nothing> nothings;
  std::vector<plain_empty> empties;
  bool operator==(const containers&) const = default;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& readings& bits& deque& list& labels& forward& set& multiset& map& by_reading& multimap& hashed;
    archive& hashed_multimap& hashed_set& hashed_readings& boost_hashed& pair& tuple& array& boost_array& holders;
    archive& nothings& empties;
  }
};

struct dates {
  static constexpr std::string_view schema_name = "samples.dates";
  boost::gregorian::date day;
  boost::posix_time::ptime time;
  boost::posix_time::time_duration duration;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& day& time& duration;
  }
};

struct values {
  static constexpr std::string_view schema_name = "samples.values";
  std::optional<reading> optional;
  std::variant<int, reading, std::string> variant;
  std::chrono::milliseconds duration{};
  std::chrono::system_clock::time_point time;
  std::optional<point> known;
  std::complex<double> complex;
  std::bitset<11> bitset;
  std::valarray<double> valarray;
  boost::optional<reading> boost_optional;
  boost::uuids::uuid uuid{};
  boost::multiprecision::cpp_int number;
  boost::multiprecision::int128_t number128;
  boost::multiprecision::uint256_t number256;
  std::unique_ptr<reading> pointer;
  std::queue<int> queue;
  std::stack<reading> stack;
  std::priority_queue<int> priorities;
  colour shade{};
  char letter{};
  std::int32_t c_array[3]{};
  reading objects[2];
  std::array<std::byte, 5> raw{};
  split_member_sample derived;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& optional& variant& duration& time& known& complex& bitset& valarray& boost_optional& uuid& number;
    archive& number128& number256& pointer& queue& stack& priorities& shade& letter& c_array& objects;
    archive& boost::serialization::make_binary_object(raw.data(), raw.size()) & derived;
  }
};

// Counts by hand, as many programs do.
struct by_hand {
  static constexpr std::string_view schema_name = "samples.by_hand";
  std::vector<std::uint32_t> numbers;
  bool operator==(const by_hand&) const = default;
  template <class Archive>
  void save(Archive& archive, unsigned) const {
    const boost::serialization::collection_size_type count{numbers.size()};
    archive << count;
    for (const std::uint32_t number : numbers) archive << number;
  }
  template <class Archive>
  void load(Archive& archive, unsigned) {
    boost::serialization::collection_size_type count;
    archive >> count;
    numbers.resize(static_cast<const boost::serialization::collection_size_type&>(count));
    for (std::uint32_t& number : numbers) archive >> number;
    if (!numbers.empty() && numbers[0] == 13) throw std::domain_error{"no thirteen"};
  }
  BOOST_SERIALIZATION_SPLIT_MEMBER()
};

// Not Boost's, though called the same.
struct text_serialize {
  std::string text;
  [[nodiscard]] std::string serialize() const { return text; }
};
struct one_argument {
  int number;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(number);
  }
};
struct other_library {
  int number;
  template <class Archive>
  void serialize(Archive& archive, unsigned version) {
    archive(number, version);
  }
};
struct vendor {
  std::string secret;
};
class sealed final {
 public:
  static constexpr std::string_view schema_name = "samples.sealed";
  int number{};

 private:
  friend class boost::serialization::access;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& number;
  }
};
struct event_by_members {
  std::vector<series<reading>> all;
  boost::uuids::uuid id{};
  bool operator==(const event_by_members&) const = default;
};
struct versioned_name {
  static constexpr std::string_view schema_name = "samples.versioned";
  static constexpr std::uint32_t schema_version = 7;
  template <class Archive>
  void serialize(Archive&, unsigned) {}
};

}  // namespace boost_samples

BOOST_CLASS_VERSION(boost_samples::reading, 2)
BOOST_CLASS_VERSION(boost_samples::old_reading, 1)
BOOST_CLASS_VERSION(boost_samples::future_reading, 3)
BOOST_CLASS_VERSION(boost_samples::tree, 4)
BOOST_CLASS_VERSION(boost_samples::versioned_name, 4)
BOOST_CLASS_TRACKING(boost_samples::label, boost::serialization::track_never)
BOOST_CLASS_IMPLEMENTATION(boost_samples::nothing, boost::serialization::object_serializable)

// A free function where Boost looks for it, for a type that can't be edited.
namespace boost::serialization {
template <class Archive>
void serialize(Archive& archive, boost_samples::vendor& value, const unsigned int) {
  archive& make_nvp("secret", value.secret);
}
}  // namespace boost::serialization

template <>
inline constexpr quipu::named_schema quipu::schema_of<boost_samples::vendor>{"vendor.thing", 3};
template <>
inline constexpr bool quipu::has_serialize<boost_samples::other_library> = false;
template <>
inline constexpr bool quipu::has_serialize<boost_samples::sealed> = true;
