// SPDX-License-Identifier: BSL-1.0
//
// quipu.ipp: the definitions of everything that quipu.hpp declares. The list is kept by tools/check_layers.py.
#pragma once

#include "environment/memory_environment.ipp"
#include "environment/posix_environment.ipp"

#include "cache/file_cache.ipp"
#include "cache/memory_cache.ipp"
