// SPDX-License-Identifier: BSL-1.0
//
// macros.hpp: the two ways to build a program with quipu. Included first by every header that declares what is
// compiled.
//
//   header-only (the default)   every file that includes quipu compiles what it uses of the engine
//   compiled once               every file of the program is built with QUIPU_COMPILED defined, and one of them
//   (src/quipu.cpp, or a file
//                               of the program that defines QUIPU_IMPLEMENTATION before it includes quipu.hpp) compiles
//                               the engine
//
// Both give the same results and the same files on disk. A program must choose one: the engine's names lie in an inline
// namespace that tells the modes apart, so that mixing them fails to link instead of failing later.
//
// QUIPU_DECL stands in front of each definition in impl/: `inline` where every file has the definition, nothing where
// one file has it. It also stands in front of the declaration of each function that overrides and is defined in impl/:
// where GCC sees a virtual function that is not inline in its class, it emits the class's virtual table, and with it
// all that the functions use, in every file.
#pragma once

#include "language.hpp"

#if defined(QUIPU_COMPILED)
#define QUIPU_DECL
#define QUIPU_MODE compiled
#else
#if defined(QUIPU_IMPLEMENTATION)
#error "QUIPU_IMPLEMENTATION needs QUIPU_COMPILED: define QUIPU_COMPILED for every file of the program"
#endif
#define QUIPU_HEADER_ONLY
#define QUIPU_DECL inline
#define QUIPU_MODE header_only
#endif
