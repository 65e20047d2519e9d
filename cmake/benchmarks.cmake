# SPDX-License-Identifier: BSL-1.0
#
# Each benchmarks/NAME_bench.cpp is a program NAME_bench, always optimised: the figures of a debug build say nothing.

file(GLOB quipu_benchmark_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/benchmarks/*_bench.cpp")
foreach(file IN LISTS quipu_benchmark_files)
  cmake_path(GET file STEM name)
  quipu_add_program(${name} "${file}")
  target_compile_options(${name} PRIVATE -O2)
  target_compile_definitions(${name} PRIVATE NDEBUG)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/benchmarks")
endforeach()
