// SPDX-License-Identifier: BSL-1.0
//
// failure_text.ipp: see core/detail/failure_text.hpp.
#pragma once

#include "../../../core/detail/failure_text.hpp"
#include "../../../macros.hpp"

#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <typeinfo>

#include <cxxabi.h>

namespace quipu::detail {

QUIPU_DECL std::string name_of_thrown_type() {
  const std::type_info* const thrown = abi::__cxa_current_exception_type();
  const std::unique_ptr<char, void (*)(void*)> name{abi::__cxa_demangle(thrown->name(), nullptr, nullptr, nullptr),
                                                    std::free};
  return std::string{"something that is no std::exception was thrown, of type "} + (name ? name.get() : thrown->name());
}

QUIPU_DECL std::string text_of(const std::exception_ptr& problem) noexcept {
  try {
    try {
      std::rethrow_exception(problem);
    } catch (const std::exception& known) {
      const char* const text = known.what();
      return text == nullptr ? std::string{} : text;
    } catch (const std::string& text) {
      return text;
    } catch (const char* text) {
      return text == nullptr ? name_of_thrown_type() : text;
    } catch (...) {
      return name_of_thrown_type();
    }
  } catch (...) {
    return {};
  }
}

}  // namespace quipu::detail
