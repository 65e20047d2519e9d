// SPDX-License-Identifier: BSL-1.0
//
// when_used.hpp: how code is kept from costing a program that doesn't use it. The body of an inline function is compiled, and every
// std:: template it names is instantiated, in each file that includes it, called or not; that of a template waits until it is.
#pragma once

namespace quipu::detail {

/// The argument of templates that are templates only so that nobody pays for compiling them who doesn't use them: most files that include the
/// library name event types and no store. See docs/decisions/0011-compiled-when-used.md.
struct when_used {};

template <class Parameter, class Type>
struct deferred_type {
  using type = Type;
};
/// `Type`, said in a way that depends on a template's parameter. Since std::vector, std::string and std::optional are constexpr, compilers
/// instantiate their members where a template only mentions them, unless what they hold depends on a parameter.
template <class Parameter, class Type>
using deferred = typename deferred_type<Parameter, Type>::type;

}  // namespace quipu::detail
