// SPDX-License-Identifier: BSL-1.0
//
// main.cpp: the program `quipu`, which knows no types of any program.
#include <quipu/tool.hpp>

int main(int argc, char** argv) { return quipu::tool::run(argc, argv, {}); }
