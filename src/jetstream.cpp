// SPDX-License-Identifier: BSL-1.0
//
// jetstream.cpp: compiles the shared log of NATS JetStream once: CMake's target quipu::jetstream.
#ifndef QUIPU_COMPILED
#define QUIPU_COMPILED
#endif
#include <quipu/impl/replication/jetstream_log.ipp>
