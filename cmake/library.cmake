# SPDX-License-Identifier: BSL-1.0
#
# The library as targets. A program links one of the two:
#
#   quipu::quipu      header-only: every file compiles what it uses of the engine
#   quipu::compiled   a static library with the engine and with replication, and QUIPU_COMPILED for every file that
#                     links it
#
# Both give the same API, results and files on disk. Linking both into one target is an error.

# CMake's own search for Boost also finds unpacked headers, which have no package files of their own.
if(POLICY CMP0167)
  cmake_policy(SET CMP0167 OLD)
endif()
find_package(Boost 1.81 REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# What both have in common: the headers, and what these need of a compiler and of other packages.
add_library(quipu_base INTERFACE)
set_target_properties(quipu_base PROPERTIES EXPORT_NAME base)
target_compile_features(quipu_base INTERFACE cxx_std_20)
target_link_libraries(quipu_base INTERFACE Boost::headers Threads::Threads)

if(QUIPU_SINGLE_HEADER)
  # Replication isn't part of the single header: its headers come from the tree, and include <quipu.hpp>.
  set(quipu_header_folder "${PROJECT_SOURCE_DIR}/single_include" "${PROJECT_SOURCE_DIR}/include")
  file(GLOB quipu_single_headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/single_include/*.hpp")
  file(GLOB_RECURSE quipu_headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/quipu/replication/*.hpp")
  file(GLOB quipu_definitions CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/quipu/impl/replication/*.ipp")
  list(PREPEND quipu_headers ${quipu_single_headers})
else()
  set(quipu_header_folder "${PROJECT_SOURCE_DIR}/include")
  file(GLOB_RECURSE quipu_headers CONFIGURE_DEPENDS "${quipu_header_folder}/*.hpp")
  file(GLOB_RECURSE quipu_definitions CONFIGURE_DEPENDS "${quipu_header_folder}/*.ipp")
endif()
# These belong to libraries of their own, see shared_logs.cmake.
list(FILTER quipu_headers EXCLUDE REGEX "/replication/(jetstream|postgres)_log[.]hpp$")
target_sources(quipu_base INTERFACE FILE_SET HEADERS BASE_DIRS ${quipu_header_folder} FILES ${quipu_headers})
# The definitions are a set of their own: a header can be compiled alone, a file of definitions can't.
target_sources(
  quipu_base INTERFACE FILE_SET definitions TYPE HEADERS BASE_DIRS ${quipu_header_folder} FILES ${quipu_definitions}
)

add_library(quipu INTERFACE)
add_library(quipu::quipu ALIAS quipu)
target_link_libraries(quipu INTERFACE quipu_base)

add_library(quipu_compiled STATIC "${PROJECT_SOURCE_DIR}/src/quipu.cpp" "${PROJECT_SOURCE_DIR}/src/replication.cpp")
if(NOT PROJECT_IS_TOP_LEVEL)
  # A project that uses quipu builds it only where something links it.
  set_target_properties(quipu_compiled PROPERTIES EXCLUDE_FROM_ALL ON)
endif()
add_library(quipu::compiled ALIAS quipu_compiled)
set_target_properties(
  quipu_compiled PROPERTIES EXPORT_NAME compiled OUTPUT_NAME quipu CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON
)
target_link_libraries(quipu_compiled PUBLIC quipu_base)
# Position-independent code must let a shared library's functions be replaced, unless told otherwise, and then GCC inlines
# none of them. Nobody replaces a part of the engine: an append is a fifth shorter with this.
target_compile_options(
  quipu_compiled PRIVATE $<$<CXX_COMPILER_ID:GNU,Clang>:-fno-semantic-interposition>
)
target_compile_definitions(quipu_compiled PUBLIC QUIPU_COMPILED)

# A target that links both, directly or through others, is refused when it is configured.
foreach(target IN ITEMS quipu quipu_compiled)
  set_property(TARGET ${target} APPEND PROPERTY COMPATIBLE_INTERFACE_STRING quipu_mode)
endforeach()
set_property(TARGET quipu PROPERTY INTERFACE_quipu_mode header_only)
set_property(TARGET quipu_compiled PROPERTY INTERFACE_quipu_mode compiled)

# The target all_verify_interface_header_sets compiles each header by itself.
if(PROJECT_IS_TOP_LEVEL)
  set_target_properties(quipu_base PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON INTERFACE_HEADER_SETS_TO_VERIFY HEADERS)
endif()
