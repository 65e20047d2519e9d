// SPDX-License-Identifier: BSL-1.0
//
// spdlog.cpp: one line of a log.
#include <spdlog/spdlog.h>

int main() { spdlog::info("{} cents", 500); }
