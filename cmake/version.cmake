# SPDX-License-Identifier: BSL-1.0
#
# The versions are written down once, in include/quipu/version.hpp: that of the library, and that of the file format.

file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/../include/quipu/version.hpp" quipu_version_lines
     REGEX "^#define QUIPU_(VERSION|FORMAT)_[A-Z]+ [0-9]+$"
)
foreach(part IN ITEMS VERSION_MAJOR VERSION_MINOR VERSION_PATCH FORMAT_VERSION)
  if(NOT "${quipu_version_lines}" MATCHES "QUIPU_${part} ([0-9]+)")
    message(FATAL_ERROR "include/quipu/version.hpp has no QUIPU_${part}")
  endif()
  set(quipu_${part} ${CMAKE_MATCH_1})
endforeach()
set(quipu_version ${quipu_VERSION_MAJOR}.${quipu_VERSION_MINOR}.${quipu_VERSION_PATCH})
