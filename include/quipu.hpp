// SPDX-License-Identifier: BSL-1.0
//
// quipu.hpp: lets `#include <quipu.hpp>` mean the same with this folder on the include path as with single_include.
#include "quipu/quipu.hpp"
