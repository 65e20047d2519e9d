// SPDX-License-Identifier: BSL-1.0
//
// language.hpp: stops a compiler that was not asked for C++20, before it reports what it does not know of it. Stands at
// the very beginning of the single headers too.
#pragma once

#if __cplusplus < 202002L
#error "quipu needs C++20: compile with -std=c++20 or later (CMake: target_compile_features(... cxx_std_20))"
#endif
