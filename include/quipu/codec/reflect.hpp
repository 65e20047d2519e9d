// SPDX-License-Identifier: BSL-1.0
//
// reflect.hpp: the members of a plain aggregate, and their names, without a macro. Members are counted by how many
// empty braces the aggregate takes, reached through structured bindings, and named by what the compiler calls a pointer
// to them. All of it happens while compiling. Compilers that print such pointers in another way than GCC and Clang do
// can't name members: there, adapt the struct with Boost.Hana.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace quipu::detail {

template <class... Types>
struct type_list {
  static constexpr std::size_t size = sizeof...(Types);
};

/// The most members that a plain aggregate may have.
inline constexpr std::size_t member_limit = 24;

/// The number of members, `member_limit + 1` for more. Precondition: `Type{}` compiles, so that every member has a
/// default. Braces, not probes convertible to anything: each pair stands for one member, arrays and nested structs
/// included, and no constructor template of a member's type is tempted.
template <class Type>
consteval std::size_t count_members() {
  if constexpr (!requires { Type{{}}; }) {
    return 0;
  } else if constexpr (!requires { Type{{}, {}}; }) {
    return 1;
  } else if constexpr (!requires { Type{{}, {}, {}}; }) {
    return 2;
  } else if constexpr (!requires { Type{{}, {}, {}, {}}; }) {
    return 3;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}}; }) {
    return 4;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}}; }) {
    return 5;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}}; }) {
    return 6;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}, {}}; }) {
    return 7;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}}; }) {
    return 8;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) {
    return 9;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) {
    return 10;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) {
    return 11;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) {
    return 12;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) {
    return 13;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) {
    return 14;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) {
    return 15;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) {
    return 16;
  } else if constexpr (!requires { Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}; }) {
    return 17;
  } else if constexpr (!requires {
                         Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       }) {
    return 18;
  } else if constexpr (!requires {
                         Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       }) {
    return 19;
  } else if constexpr (!requires {
                         Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       }) {
    return 20;
  } else if constexpr (!requires {
                         Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       }) {
    return 21;
  } else if constexpr (!requires {
                         Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                              {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       }) {
    return 22;
  } else if constexpr (!requires {
                         Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                              {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       }) {
    return 23;
  } else if constexpr (!requires {
                         Type{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                              {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
                       }) {
    return 24;
  } else {
    return member_limit + 1;
  }
}

template <class Type>
inline constexpr std::size_t member_count = count_members<Type>();

/// Calls `visitor` with every member of an aggregate that has `count` of them, in the order of their declaration.
template <std::size_t count, class Type, class Visitor>
constexpr decltype(auto) visit_plain_members([[maybe_unused]] Type& object, Visitor&& visitor) {
  if constexpr (count == 0) {
    return visitor();
  } else if constexpr (count == 1) {
    auto& [m1] = object;
    return visitor(m1);
  } else if constexpr (count == 2) {
    auto& [m1, m2] = object;
    return visitor(m1, m2);
  } else if constexpr (count == 3) {
    auto& [m1, m2, m3] = object;
    return visitor(m1, m2, m3);
  } else if constexpr (count == 4) {
    auto& [m1, m2, m3, m4] = object;
    return visitor(m1, m2, m3, m4);
  } else if constexpr (count == 5) {
    auto& [m1, m2, m3, m4, m5] = object;
    return visitor(m1, m2, m3, m4, m5);
  } else if constexpr (count == 6) {
    auto& [m1, m2, m3, m4, m5, m6] = object;
    return visitor(m1, m2, m3, m4, m5, m6);
  } else if constexpr (count == 7) {
    auto& [m1, m2, m3, m4, m5, m6, m7] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7);
  } else if constexpr (count == 8) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8);
  } else if constexpr (count == 9) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9);
  } else if constexpr (count == 10) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10);
  } else if constexpr (count == 11) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11);
  } else if constexpr (count == 12) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12);
  } else if constexpr (count == 13) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13);
  } else if constexpr (count == 14) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14);
  } else if constexpr (count == 15) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15);
  } else if constexpr (count == 16) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16);
  } else if constexpr (count == 17) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17);
  } else if constexpr (count == 18) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18);
  } else if constexpr (count == 19) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19);
  } else if constexpr (count == 20) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20);
  } else if constexpr (count == 21) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21);
  } else if constexpr (count == 22) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22] =
        object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22);
  } else if constexpr (count == 23) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22, m23] =
        object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
                   m23);
  } else if constexpr (count == 24) {
    auto& [m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22, m23,
           m24] = object;
    return visitor(m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
                   m23, m24);
  }
}

template <class Derived>
struct base_initialiser {
  template <class Base>
  requires(std::is_base_of_v<Base, Derived> && !std::is_same_v<Base, Derived>) operator Base() const;
};

/// Whether the first thing that an aggregate is made of is a base class.
template <class Type>
concept has_base_class = requires {
  Type{base_initialiser<Type>{}};
};

// An object that is declared and never defined: its address and those of its members are constants all the same.
template <class Type>
struct member_witness {
  Type value;
};

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-internal"
#pragma clang diagnostic ignored "-Wundefined-var-template"
#endif

template <class Type>
extern member_witness<Type> quipu_member_witness;

template <std::size_t index, class Member>
struct member_pointer {
  Member* pointer;
};

template <class Indices, class... Members>
struct member_pointers;

template <std::size_t... indices, class... Members>
struct member_pointers<std::index_sequence<indices...>, Members...> : member_pointer<indices, Members>... {};

template <std::size_t index, class Member>
constexpr member_pointer<index, Member> pointer_at(const member_pointer<index, Member>& found) {
  return found;
}

template <class Type>
consteval auto point_to_members() {
  return visit_plain_members<member_count<Type>>(quipu_member_witness<Type>.value, [](auto&... members) {
    return member_pointers<std::index_sequence_for<decltype(members)...>,
                           std::remove_reference_t<decltype(members)>...>{{&members}...};
  });
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

/// The compiler's description of all member pointers at once: one instantiation for a struct, not one for each member.
template <class Type, auto... pointers>
consteval std::string_view describe_member_pointers() {
#if defined(__GNUC__) || defined(__clang__)
  return __PRETTY_FUNCTION__;
#else
  return {};
#endif
}

template <class Type, std::size_t... indices>
consteval std::string_view describe_members(std::index_sequence<indices...>) {
  constexpr auto pointers = point_to_members<Type>();
  return describe_member_pointers<Type, pointer_at<indices>(pointers)...>();
}

constexpr bool is_identifier_character(char letter) noexcept {
  // Anything outside ASCII is part of a name written in UTF-8.
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '_' || static_cast<unsigned char>(letter) >= 0x80;
}

/// The names of the members of a plain aggregate, as written.
template <class Type>
consteval auto find_member_names() {
  constexpr std::size_t count = member_count<Type>;
  std::array<std::string_view, count> names{};
  if constexpr (count != 0) {
    // Each pointer reads `{&quipu_member_witness<...>...NAME}` or `{(& ...quipu_member_witness<...>...NAME)}`.
    constexpr std::string_view mark = "quipu_member_witness";
    std::string_view rest = describe_members<Type>(std::make_index_sequence<count>{});
    for (std::string_view& name : names) {
      const std::size_t found = rest.find(mark);
      if (found == std::string_view::npos) return names;
      rest.remove_prefix(found + mark.size());
#if defined(__clang__)
      std::size_t last = rest.find('}');
#else
      std::size_t last = rest.find(")}");
#endif
      if (last == std::string_view::npos) return names;
      std::size_t first = last;
      while (first > 0 && is_identifier_character(rest[first - 1])) --first;
      name = rest.substr(first, last - first);
      rest.remove_prefix(last);
    }
  }
  return names;
}

}  // namespace quipu::detail
