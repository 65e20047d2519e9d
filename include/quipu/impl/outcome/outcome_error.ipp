// SPDX-License-Identifier: BSL-1.0
//
// outcome_error.ipp: see outcome/outcome_error.hpp.
#pragma once

#include "../../outcome/compensation_action.hpp"
#include "../../outcome/error_kind.hpp"
#include "../../outcome/outcome_error.hpp"
#include "../../outcome/text.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quipu {

QUIPU_DECL outcome_error from_error(const error& thrown) {
  outcome_error made{kind_for(thrown.code())};
  const auto code = thrown.code();
  made.retryable = code == errc::conflict || code == errc::timeout || code == errc::busy || code == errc::locked ||
                   code == errc::unavailable;
  made.origin =
      error_origin{code, thrown.path(), thrown.offset(), thrown.expected(), thrown.actual(), thrown.system_error()};
  // what() consists of a prefix, the message, and the details as text. An error without a message has the other two
  // parts only.
  const error bare{
      code, "", {thrown.path(), thrown.offset(), thrown.expected(), thrown.actual(), thrown.system_error()}};
  const std::string_view whole = thrown.what();
  const std::string_view frame = bare.what();
  const std::size_t prefix = std::string_view{"quipu: "}.size() + name_of(code).size() + 2;
  made.message = whole.size() >= frame.size() ? whole.substr(prefix, whole.size() - frame.size()) : whole;
  return made;
}

QUIPU_DECL error to_error(const outcome_error& failure) {
  if (failure.origin) {
    const error_origin& from = *failure.origin;
    return error{from.code,
                 failure.message.str(),
                 {from.path.str(), from.offset, from.expected, from.actual, from.system_error}};
  }
  return error{code_for(failure.kind), failure.kind.str() + ": " + failure.message.str()};
}

}  // namespace quipu
