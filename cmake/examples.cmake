# SPDX-License-Identifier: BSL-1.0
#
# Each examples/NAME.cpp and each folder examples/NAME is a program NAME. Where NAME.output stands beside it,
# a test runs the program in an empty folder and compares what it prints. Where there is
# tests/examples/NAME_test.py, that is a test of the program.

file(GLOB quipu_example_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/examples/*.cpp")
file(GLOB quipu_example_folders CONFIGURE_DEPENDS LIST_DIRECTORIES TRUE "${PROJECT_SOURCE_DIR}/examples/*")
if(QUIPU_BUILD_TESTS)
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
endif()

function(quipu_add_example name)
  quipu_add_program(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/examples")
  if(NOT QUIPU_BUILD_TESTS)
    return()
  endif()
  set(output "${PROJECT_SOURCE_DIR}/examples/${name}.output")
  if(EXISTS "${output}")
    add_test(NAME example.${name} COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tools/run_example.py"
                                          $<TARGET_FILE:${name}> "${output}"
    )
    set_tests_properties(example.${name} PROPERTIES LABELS examples TIMEOUT 60)
  endif()
  set(test "${PROJECT_SOURCE_DIR}/tests/examples/${name}_test.py")
  if(EXISTS "${test}")
    add_test(NAME example.${name}.test COMMAND Python3::Interpreter "${test}" $<TARGET_FILE:${name}>)
    set_tests_properties(example.${name}.test PROPERTIES LABELS examples TIMEOUT 300 SKIP_RETURN_CODE 77)
  endif()
endfunction()

foreach(file IN LISTS quipu_example_files)
  cmake_path(GET file STEM name)
  quipu_add_example(${name} "${file}")
endforeach()
# git_ledger draws its page with what the command `quipu` draws its own with.
file(GLOB quipu_picture_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/pictures/*.cpp")
set(quipu_example_git_ledger_needs ${quipu_picture_files})

# The experiments for Compiler Explorer are compiled as it does it, from the single header: by a test of their own.
list(REMOVE_ITEM quipu_example_folders "${PROJECT_SOURCE_DIR}/examples/explorer")
if(QUIPU_BUILD_TESTS AND NOT QUIPU_SANITIZE)
  separate_arguments(quipu_experiment_flags UNIX_COMMAND "${CMAKE_CXX_FLAGS}")
  foreach(folder IN LISTS Boost_INCLUDE_DIRS)
    if(NOT folder IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
      list(APPEND quipu_experiment_flags "-isystem${folder}")
    endif()
  endforeach()
  list(TRANSFORM quipu_experiment_flags PREPEND --flag=)
  file(GLOB quipu_experiments CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/examples/explorer/*.cpp")
  foreach(file IN LISTS quipu_experiments)
    cmake_path(GET file STEM name)
    add_test(NAME explorer.${name}
             COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tests/examples/explorer_test.py" "${CMAKE_CXX_COMPILER}"
                     ${quipu_experiment_flags} ${name}
    )
    set_tests_properties(explorer.${name} PROPERTIES LABELS examples TIMEOUT 300)
  endforeach()
endif()

# Its files that name events include quipu/model.hpp, which is not beside the single header.
if(QUIPU_SINGLE_HEADER)
  list(REMOVE_ITEM quipu_example_folders "${PROJECT_SOURCE_DIR}/examples/order_service")
endif()
# Needs a library of the engines' logs.
if(NOT TARGET quipu_jetstream OR QUIPU_SINGLE_HEADER OR QUIPU_OWN_HEADER_ONLY)
  list(REMOVE_ITEM quipu_example_folders "${PROJECT_SOURCE_DIR}/examples/replicated_bank")
endif()
foreach(folder IN LISTS quipu_example_folders)
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  if(sources)
    cmake_path(GET folder FILENAME name)
    quipu_add_example(${name} ${sources} ${quipu_example_${name}_needs})
  endif()
endforeach()
if(TARGET replicated_bank)
  target_link_libraries(replicated_bank PRIVATE quipu_jetstream)
endif()
