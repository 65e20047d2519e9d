// SPDX-License-Identifier: BSL-1.0
//
// report.cpp: `quipu report`.
#include "commands.hpp"

namespace quipu::tool {
exit_code report(context&, const report_options&) { return exit_code::fine; }
}  // namespace quipu::tool
