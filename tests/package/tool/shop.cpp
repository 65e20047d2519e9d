// SPDX-License-Identifier: BSL-1.0
#include <quipu/tool.hpp>

#include "orders.hpp"

int main(int argc, char** argv) { return quipu::tool::run<order, shelf>(argc, argv); }
