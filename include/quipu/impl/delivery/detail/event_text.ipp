// SPDX-License-Identifier: BSL-1.0
//
// event_text.ipp: see delivery/detail/event_text.hpp.
#pragma once

#include "../../../core/error.hpp"
#include "../../../delivery/detail/event_text.hpp"
#include "../../../event/event_view.hpp"
#include "../../../outcome/outcome_error.hpp"

#include <string>
#include <string_view>

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL std::string text_at(const event_view& event) {
  std::string text = "event " + std::to_string(event.sequence()) + ", " + event.kind().str() + " of \"";
  return text.append(event.entity()).append("\": ");
}

QUIPU_DECL error error_at(const event_view& event, const error& why) {
  const outcome_error plain = from_error(why);  // has the message without its frame
  return {why.code(),
          text_at(event).append(std::string_view{plain.message}),
          {why.path(), why.offset(), why.expected(), why.actual(), why.system_error()}};
}

}  // namespace quipu::detail::inline QUIPU_MODE
