// SPDX-License-Identifier: BSL-1.0
//
// model.ipp: the definitions of what model.hpp declares. tools/check_layers.py --write writes the list.
#pragma once
