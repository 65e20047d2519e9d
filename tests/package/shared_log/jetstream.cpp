// SPDX-License-Identifier: BSL-1.0
//
// jetstream.cpp: a program that uses the component jetstream, and gets its answer without a server.
#include <quipu/replication/jetstream_log.hpp>

int main() {
  try {
    const quipu::jetstream_log log{"nowhere", "no name"};
  } catch (const quipu::error& failure) {
    return failure.code() == quipu::errc::configuration ? 0 : 1;
  }
  return 1;
}
