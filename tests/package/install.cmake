# SPDX-License-Identifier: BSL-1.0
#
# install.cmake: empties FOLDER and installs the build folder BUILD into FOLDER/prefix. It is moved there from elsewhere, because an
# installed quipu has no fixed place.
file(REMOVE_RECURSE "${FOLDER}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${FOLDER}/elsewhere" COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${FOLDER}/elsewhere" "${FOLDER}/prefix")
