// SPDX-License-Identifier: BSL-1.0
//
// quipu.cpp: compiles the engine once, for programs whose files are all built with QUIPU_COMPILED.
#ifndef QUIPU_COMPILED
#define QUIPU_COMPILED
#endif
#define QUIPU_IMPLEMENTATION
#include <quipu.hpp>
