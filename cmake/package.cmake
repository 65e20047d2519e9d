# SPDX-License-Identifier: BSL-1.0
#
# CPack: `cpack -G TGZ` in a build folder packs what is installed, and `cpack --config CPackSourceConfig.cmake` the
# sources. Beside each archive lies its SHA-256. tools/release makes all that a release has.
set(CPACK_PACKAGE_NAME quipu)
set(CPACK_PACKAGE_VENDOR "quipu")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_GENERATOR TGZ)
set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_PACKAGE_FILE_NAME "quipu-${PROJECT_VERSION}")
set(CPACK_SOURCE_IGNORE_FILES "/[.]git/" "/[.]git$" "^${PROJECT_SOURCE_DIR}/build/" "/__pycache__/" "/CMakeUserPresets[.]json$")
set(CPACK_VERBATIM_VARIABLES ON)
include(CPack)
