// SPDX-License-Identifier: BSL-1.0
//
// mapped_pages.hpp: keeps small the memory that reading a large log takes.
#pragma once

#include <string>

namespace quipu::tool {

/// Gives back the pages of this process that are mapped from segments and index files below a directory, which may be
/// relative. They are the system's copies of the files: what is read again comes from there. Addresses stay valid. Does
/// nothing where the mappings cannot be listed.
void release_mapped_pages(const std::string& directory);

}  // namespace quipu::tool
