// SPDX-License-Identifier: BSL-1.0
//
// markup.hpp: elements of HTML and SVG as text. Needs the standard library alone, as everything in this folder: the
// command `quipu` and the example git_ledger both draw with it.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace quipu::pictures {

/// Text as it may stand in an element or in an attribute's quotes.
[[nodiscard]] std::string escaped(std::string_view text);
/// `1,456`.
[[nodiscard]] std::string grouped(std::uint64_t number);
/// A number with this many digits after its point.
[[nodiscard]] std::string fixed(double number, int digits);
/// `12.3 %`; 0 % of nothing.
[[nodiscard]] std::string percent(std::uint64_t part, std::uint64_t whole);
/// A share between 0 and 1; 0 of nothing.
[[nodiscard]] double share_of(std::uint64_t part, std::uint64_t whole);

/// An element under construction: `element{"rect"}.set("x", 12).str()`. What it is given is escaped, but for the
/// markup of `add`.
class element {
 public:
  explicit element(std::string_view name) : name_{name} { out_.append("<").append(name); }

  element& set(std::string_view attribute, std::string_view value);
  element& set(std::string_view attribute, const char* value) { return set(attribute, std::string_view{value}); }
  element& set(std::string_view attribute, std::integral auto value) {
    return set(attribute, std::string_view{std::to_string(value)});
  }
  /// Coordinates, to a hundredth.
  element& set(std::string_view attribute, double value) { return set(attribute, std::string_view{fixed(value, 2)}); }

  element& text(std::string_view content) { return add(escaped(content)); }
  /// Adds markup inside of the element.
  element& add(std::string_view markup) {
    content_.append(markup);
    return *this;
  }
  /// The tooltip of an SVG element.
  element& title(std::string_view content) { return add(element{"title"}.text(content).str()); }

  /// The element, with its end tag.
  [[nodiscard]] std::string str() const { return out_ + ">" + content_ + "</" + name_ + ">"; }

 private:
  std::string name_;
  std::string out_;
  std::string content_;
};

}  // namespace quipu::pictures
