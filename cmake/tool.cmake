# SPDX-License-Identifier: BSL-1.0
#
# The command-line inspector: the library `quipu::tool`, for programs that give it their own types, and the program
# `quipu` (target `quipu_cli`). They need CLI11 and fmt, which programs that link `quipu::tool` do not.

# The command reads what the single header hides.
set(quipu_tool_possible ON)
set(quipu_tool_missing "")
if(QUIPU_SINGLE_HEADER)
  set(quipu_tool_possible OFF)
  set(quipu_tool_missing "the headers of include/, and not the single header")
else()
  find_package(CLI11 QUIET)
  find_package(fmt QUIET)
  foreach(package IN ITEMS CLI11 fmt)
    if(NOT ${package}_FOUND)
      set(quipu_tool_possible OFF)
      list(APPEND quipu_tool_missing ${package})
    endif()
  endforeach()
  list(JOIN quipu_tool_missing " and " quipu_tool_missing)
endif()

set(quipu_tool_default OFF)
if(PROJECT_IS_TOP_LEVEL AND quipu_tool_possible AND NOT QUIPU_SANITIZE MATCHES thread)
  set(quipu_tool_default ON)
endif()
option(QUIPU_BUILD_TOOL "Build the program quipu and the library quipu::tool" ${quipu_tool_default})
if(NOT QUIPU_BUILD_TOOL)
  if(PROJECT_IS_TOP_LEVEL AND NOT quipu_tool_possible)
    message(STATUS "The program quipu is left out, it needs ${quipu_tool_missing} (libcli11-dev libfmt-dev)")
  endif()
  return()
endif()
if(NOT quipu_tool_possible)
  message(FATAL_ERROR "QUIPU_BUILD_TOOL needs ${quipu_tool_missing} (Debian: libcli11-dev libfmt-dev)")
endif()

include(cmake/own_targets.cmake)

file(GLOB quipu_tool_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/tool/*.cpp"
     "${PROJECT_SOURCE_DIR}/src/pictures/*.cpp"
)
list(REMOVE_ITEM quipu_tool_files "${PROJECT_SOURCE_DIR}/src/tool/main.cpp")
set(quipu_tool_folder "${PROJECT_SOURCE_DIR}/src/tool/include")

add_library(quipu_tool STATIC ${quipu_tool_files})
add_library(quipu::tool ALIAS quipu_tool)
set_target_properties(
  quipu_tool
  PROPERTIES EXPORT_NAME tool CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON
             COMPILE_WARNING_AS_ERROR ${QUIPU_BUILD_TESTS}
)
target_link_libraries(quipu_tool PUBLIC quipu_compiled PRIVATE $<BUILD_INTERFACE:quipu_own_options>)
target_sources(
  quipu_tool PUBLIC FILE_SET HEADERS BASE_DIRS "${quipu_tool_folder}" FILES "${quipu_tool_folder}/quipu/tool.hpp"
)
# Used inside, as headers alone: nothing of them reaches a program that links the library.
foreach(package IN ITEMS CLI11::CLI11 fmt::fmt-header-only)
  target_include_directories(
    quipu_tool SYSTEM PRIVATE $<TARGET_PROPERTY:${package},INTERFACE_INCLUDE_DIRECTORIES>
  )
endforeach()
target_compile_definitions(quipu_tool PRIVATE FMT_HEADER_ONLY=1)
target_precompile_headers(quipu_tool PRIVATE <quipu.hpp> <fmt/format.h>)
# Reading ten million events in a debug build takes a minute otherwise.
target_compile_options(quipu_tool PRIVATE $<$<CONFIG:Debug>:-O1>)

add_executable(quipu_cli "${PROJECT_SOURCE_DIR}/src/tool/main.cpp")
set_target_properties(
  quipu_cli PROPERTIES OUTPUT_NAME quipu CXX_EXTENSIONS OFF COMPILE_WARNING_AS_ERROR ${QUIPU_BUILD_TESTS}
)
target_link_libraries(quipu_cli PRIVATE quipu_tool $<BUILD_INTERFACE:quipu_own_options>)
set_target_properties(quipu_cli PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

if(QUIPU_INSTALL)
  include(GNUInstallDirs)
  install(
    TARGETS quipu_tool
    EXPORT quipu_targets
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  )
  # Not exported: packages put the program elsewhere, or into a package of its own, and CMake refuses a target whose file
  # isn't there.
  install(TARGETS quipu_cli)
  install(FILES "${PROJECT_SOURCE_DIR}/docs/quipu.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
  # The program itself writes the script, after it was built.
  set(quipu_completion "${PROJECT_BINARY_DIR}/completion/quipu")
  add_custom_command(
    TARGET quipu_cli
    POST_BUILD
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${PROJECT_BINARY_DIR}/completion"
    COMMAND quipu_cli completion > "${quipu_completion}"
    VERBATIM
  )
  install(FILES "${quipu_completion}" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
endif()
