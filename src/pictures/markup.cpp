// SPDX-License-Identifier: BSL-1.0
//
// markup.cpp: see markup.hpp.
#include "markup.hpp"

#include <iomanip>
#include <sstream>

namespace quipu::pictures {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out.push_back(letter);
    }
  }
  return out;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, 1, ',');
  return digits;
}

std::string fixed(double number, int digits) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed << std::setprecision(digits) << number;
  return out.str();
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string percent(std::uint64_t part, std::uint64_t whole) { return fixed(share_of(part, whole) * 100, 1) + " %"; }

element& element::set(std::string_view attribute, std::string_view value) {
  out_.append(" ").append(attribute).append("=\"").append(escaped(value)).append("\"");
  return *this;
}

}  // namespace quipu::pictures
