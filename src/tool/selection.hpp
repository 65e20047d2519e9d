// SPDX-License-Identifier: BSL-1.0
//
// selection.hpp: the events that a command's options select.
#pragma once

#include "commands.hpp"
#include "source.hpp"

namespace quipu::tool {

/// The region that the options select. Throws `command_failure` for options that say nothing.
[[nodiscard]] region region_of(context& of, source& from, const selection_options& options);
/// Says on standard error that no event is selected, and why if that is known. It is no failure.
void tell_nothing_selected(context& of, source& from, const selection_options& options);
/// Whether no option was given: every event is selected.
[[nodiscard]] bool selects_all(const selection_options& options) noexcept;

}  // namespace quipu::tool
