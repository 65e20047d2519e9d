# SPDX-License-Identifier: BSL-1.0
#
# The library as a target: quipu::quipu, headers with what they need of a compiler and of other packages.

# CMake's own search for Boost also finds unpacked headers, which have no package files of their own.
if(POLICY CMP0167)
  cmake_policy(SET CMP0167 OLD)
endif()
find_package(Boost 1.74 REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_library(quipu INTERFACE)
add_library(quipu::quipu ALIAS quipu)
target_compile_features(quipu INTERFACE cxx_std_20)
target_link_libraries(quipu INTERFACE Boost::headers Threads::Threads)

if(QUIPU_SINGLE_HEADER)
  set(quipu_header_folder "${PROJECT_SOURCE_DIR}/single_include")
  set(quipu_headers "${quipu_header_folder}/quipu.hpp")
else()
  set(quipu_header_folder "${PROJECT_SOURCE_DIR}/include")
  file(GLOB_RECURSE quipu_headers CONFIGURE_DEPENDS "${quipu_header_folder}/*.hpp")
endif()
target_sources(quipu INTERFACE FILE_SET HEADERS BASE_DIRS "${quipu_header_folder}" FILES ${quipu_headers})

# The target all_verify_interface_header_sets compiles each header by itself.
if(PROJECT_IS_TOP_LEVEL)
  set_target_properties(quipu PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
endif()
