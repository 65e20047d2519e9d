# SPDX-License-Identifier: BSL-1.0
#
# The shared logs of engines: `quipu::jetstream` (NATS JetStream) and `quipu::postgres` (PostgreSQL). Each is a library
# with the log's header, beside quipu::compiled, and is built where the engine's client library is found. A header-only
# program includes the header and links the client library itself.
list(APPEND CMAKE_MODULE_PATH "${PROJECT_SOURCE_DIR}/cmake")

# quipu_add_shared_log(NAME PACKAGE CLIENT NEEDED): the library quipu::NAME, which links the target CLIENT of PACKAGE.
# NEEDED is Debian's name of it.
function(quipu_add_shared_log name package client needed)
  string(TOUPPER "QUIPU_BUILD_${name}" wanted)
  if(PROJECT_IS_TOP_LEVEL OR ${wanted})
    find_package(${package} QUIET)
  endif()
  # The thread sanitizer knows nothing of the locks in a library that was built without it.
  set(default OFF)
  if(PROJECT_IS_TOP_LEVEL AND ${package}_FOUND AND NOT QUIPU_SANITIZE MATCHES thread)
    set(default ON)
  endif()
  option(${wanted} "Build the library quipu::${name}" ${default})
  if(NOT ${wanted})
    if(PROJECT_IS_TOP_LEVEL AND NOT ${package}_FOUND)
      message(STATUS "The library quipu::${name} is left out, it needs ${needed}")
    endif()
    return()
  endif()
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "${wanted} needs a client library (Debian: ${needed})")
  endif()

  include(cmake/own_targets.cmake)
  set(target quipu_${name})
  add_library(${target} STATIC "${PROJECT_SOURCE_DIR}/src/${name}.cpp")
  add_library(quipu::${name} ALIAS ${target})
  set_target_properties(
    ${target}
    PROPERTIES EXPORT_NAME ${name} CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON
               COMPILE_WARNING_AS_ERROR ${QUIPU_BUILD_TESTS} VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL}
               quipu_client ${client}
  )
  target_link_libraries(${target} PUBLIC quipu_compiled PRIVATE ${client} $<BUILD_INTERFACE:quipu_own_options>)
  target_sources(
    ${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/include"
                     FILES "${PROJECT_SOURCE_DIR}/include/quipu/replication/${name}_log.hpp"
  )
  if(QUIPU_INSTALL)
    include(GNUInstallDirs)
    # An export of its own: find_package(quipu) looks for the client library only where the component is asked for.
    install(
      TARGETS ${target}
      EXPORT ${target}_targets
      FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    )
    install(EXPORT ${target}_targets NAMESPACE quipu:: FILE quipu-${name}-targets.cmake
            DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/quipu"
    )
  endif()
endfunction()

quipu_add_shared_log(jetstream NATS NATS::NATS libnats-dev)
quipu_add_shared_log(postgres PostgreSQL PostgreSQL::PostgreSQL libpq-dev)
