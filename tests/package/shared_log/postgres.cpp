// SPDX-License-Identifier: BSL-1.0
//
// postgres.cpp: a program that uses the component postgres, and gets its answer without a server.
#include <quipu/replication/postgres_log.hpp>

int main() {
  try {
    const quipu::postgres_log log{"nowhere", "no name"};
  } catch (const quipu::error& failure) {
    return failure.code() == quipu::errc::configuration ? 0 : 1;
  }
  return 1;
}
