# SPDX-License-Identifier: BSL-1.0
#
# Installing: the headers, the files by which find_package(quipu) finds them, and a description for pkg-config.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(quipu_package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/quipu")

install(
  TARGETS quipu_base quipu quipu_compiled
  EXPORT quipu_targets
  FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILE_SET definitions DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
)
install(EXPORT quipu_targets NAMESPACE quipu:: FILE quipu-targets.cmake DESTINATION "${quipu_package_folder}")

configure_package_config_file(
  cmake/quipu-config.cmake.in "${PROJECT_BINARY_DIR}/quipu-config.cmake" INSTALL_DESTINATION "${quipu_package_folder}"
)
# Until 1.0 a minor version may break what an earlier one promised.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/quipu-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(
  FILES "${PROJECT_BINARY_DIR}/quipu-config.cmake" "${PROJECT_BINARY_DIR}/quipu-config-version.cmake"
        cmake/FindNATS.cmake
  DESTINATION "${quipu_package_folder}"
)

# Relative to the description itself, so that an installed folder can be moved.
file(RELATIVE_PATH quipu_prefix_from_pkgconfig "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
set(quipu_descriptions quipu quipu-compiled)
foreach(part IN ITEMS tool jetstream postgres)
  if(TARGET quipu_${part})
    list(APPEND quipu_descriptions quipu-${part})
  endif()
endforeach()
foreach(description IN LISTS quipu_descriptions)
  configure_file(cmake/${description}.pc.in "${PROJECT_BINARY_DIR}/${description}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${description}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()
# Compiled by the program, as the module `quipu`.
install(FILES src/quipu.cppm DESTINATION "${CMAKE_INSTALL_DATADIR}/quipu")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
