// SPDX-License-Identifier: BSL-1.0
//
// An outcome whose value would be an error.
// expect: outcome<outcome_error>: an outcome_error is the error, not the value
// max-errors: 3
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/outcome/outcome.hpp>
#endif

#ifdef ACCEPT
using found = quipu::outcome<int>;
#else
using found = quipu::outcome<quipu::outcome_error>;
#endif

found find() { return quipu::outcome_error{quipu::error_kind::validation, "nothing is there"}; }

int main() { static_cast<void>(find()); }
