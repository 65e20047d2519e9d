// SPDX-License-Identifier: BSL-1.0
//
// model_reading.ipp: see delivery/detail/model_reading.hpp.
#pragma once

#include "../../../delivery/detail/model_body.hpp"
#include "../../../delivery/detail/model_reading.hpp"

namespace quipu::detail::inline QUIPU_MODE {

QUIPU_DECL model_reading::model_reading(const model_body& of) : of_{of}, state_{of.lock()} {}

QUIPU_DECL model_reading::~model_reading() { of_.unlock(); }

}  // namespace quipu::detail::inline QUIPU_MODE
