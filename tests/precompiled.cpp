// SPDX-License-Identifier: BSL-1.0
//
// precompiled.cpp: the target that owns the tests' precompiled header has to have a source.
namespace quipu_tests {

int precompiled() { return 0; }

}  // namespace quipu_tests
