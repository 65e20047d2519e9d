// SPDX-License-Identifier: BSL-1.0
//
// postgres.cpp: compiles the shared log of PostgreSQL once: CMake's target quipu::postgres.
#ifndef QUIPU_COMPILED
#define QUIPU_COMPILED
#endif
#include <quipu/impl/replication/postgres_log.ipp>
