# SPDX-License-Identifier: BSL-1.0
#
# What quipu's own programs are built with: the command, tests, examples and benchmarks. Nothing of it reaches a
# program that uses quipu.
include_guard(GLOBAL)

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Debug)
  endif()
  find_program(QUIPU_CCACHE ccache)
  mark_as_advanced(QUIPU_CCACHE)
  if(QUIPU_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Without this ccache passes everything by that uses a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${QUIPU_CCACHE}
    )
  endif()
endif()

# The options, apart from the library: the library itself is compiled with them as well.
add_library(quipu_own_options INTERFACE)
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options(quipu_own_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns at -O2 and above of overlaps in "text" + std::to_string(n) that can't be (its bug 105651), and at -O3
  # of copying half of the memory.
  target_compile_options(
    quipu_own_options INTERFACE -Wno-restrict "$<$<CONFIG:Release>:-Wno-stringop-overflow;-Wno-array-bounds>"
  )
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # Otherwise clang stamps a precompiled header with the time, and ccache never sees the same one twice.
  target_compile_options(quipu_own_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
if(QUIPU_SANITIZE)
  target_compile_options(
    quipu_own_options INTERFACE -fsanitize=${QUIPU_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1
  )
  target_link_options(quipu_own_options INTERFACE -fsanitize=${QUIPU_SANITIZE})
endif()

target_link_libraries(quipu_compiled PRIVATE $<BUILD_INTERFACE:quipu_own_options>)
# Who only builds a package has a compiler that may warn of more than those that the tests know.
set_target_properties(quipu_compiled PROPERTIES COMPILE_WARNING_AS_ERROR ${QUIPU_BUILD_TESTS})
# The tests spend most of their time in the engine, which is compiled once: optimising it pays even in a debug build.
target_compile_options(quipu_compiled PRIVATE $<$<CONFIG:Debug>:-O1>)

# Tests, examples and benchmarks share an engine that is compiled once, unless they are to try the header-only mode.
option(QUIPU_OWN_HEADER_ONLY "Build tests, examples and benchmarks header-only" OFF)
add_library(quipu_own INTERFACE)
target_link_libraries(
  quipu_own INTERFACE quipu_own_options $<IF:$<BOOL:${QUIPU_OWN_HEADER_ONLY}>,quipu::quipu,quipu::compiled>
)

# A program of our own: warnings are errors, unless cmake is given --compile-no-warning-as-error.
function(quipu_add_program name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE quipu_own)
  set_target_properties(${name} PROPERTIES COMPILE_WARNING_AS_ERROR ON CXX_EXTENSIONS OFF)
endfunction()
