// SPDX-License-Identifier: BSL-1.0
//
// when_used.hpp: how code is kept from costing a program that doesn't use it. The body of an inline function is compiled, and every
// std:: template it names is instantiated, in each file that includes it, called or not; that of a template waits until it is.
#pragma once

namespace quipu::detail {

/// The argument of templates that are templates only so that nobody pays for compiling them who doesn't use them: most files that include the
/// library name event types and no store. See docs/decisions/0011-templates-that-wait.md.
struct when_used {};

}  // namespace quipu::detail
