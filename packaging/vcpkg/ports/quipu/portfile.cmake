# SPDX-License-Identifier: BSL-1.0
#
# Where the sources are: set REPO to the address on the host, and SHA512 to what vcpkg says of the release's archive.
vcpkg_from_github(
  OUT_SOURCE_PATH SOURCE_PATH
  REPO "quipu/quipu"
  REF "v${VERSION}"
  SHA512 0
  HEAD_REF main
)

vcpkg_check_features(OUT_FEATURE_OPTIONS FEATURE_OPTIONS FEATURES tool QUIPU_BUILD_TOOL)

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    -DQUIPU_BUILD_TESTS=OFF
    -DQUIPU_BUILD_EXAMPLES=OFF
    -DQUIPU_BUILD_BENCHMARKS=OFF
    -DQUIPU_BUILD_JETSTREAM=OFF
    -DQUIPU_BUILD_POSTGRES=OFF
    -DQUIPU_INSTALL=ON
    ${FEATURE_OPTIONS}
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/quipu)
vcpkg_fixup_pkgconfig()
if("tool" IN_LIST FEATURES)
  vcpkg_copy_tools(TOOL_NAMES quipu AUTO_CLEAN)
endif()

file(REMOVE_RECURSE
  "${CURRENT_PACKAGES_DIR}/debug/include"
  "${CURRENT_PACKAGES_DIR}/debug/share"
  "${CURRENT_PACKAGES_DIR}/share/bash-completion"
  "${CURRENT_PACKAGES_DIR}/share/doc"
  "${CURRENT_PACKAGES_DIR}/share/man"
)
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
