// SPDX-License-Identifier: BSL-1.0
//
// examples.hpp: `quipu examples`: a cheat sheet.
#pragma once

#include "context.hpp"

#include <string>

namespace quipu::tool {

/// Prints what one may want to do, and the command for it. With a word, those lines that contain it.
exit_code examples(context& of, const std::string& word);

}  // namespace quipu::tool
