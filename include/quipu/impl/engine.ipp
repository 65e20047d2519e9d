// SPDX-License-Identifier: BSL-1.0
//
// engine.ipp: the definitions of what quipu.hpp declares beyond model.hpp. tools/check_layers.py --write writes the
// list.
#pragma once

#include "environment/memory_environment.ipp"
#include "environment/posix_environment.ipp"

#include "cache/file_cache.ipp"
#include "cache/memory_cache.ipp"
