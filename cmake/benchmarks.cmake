# SPDX-License-Identifier: BSL-1.0
#
# Each benchmarks/NAME_bench.cpp is a program NAME_bench, always optimised: the figures of a debug build say nothing.

file(GLOB quipu_benchmark_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/benchmarks/*_bench.cpp")

# journal_bench measures other stores too; where one of them isn't installed it is left out.
find_path(QUIPU_SQLITE_INCLUDE sqlite3.h)
find_library(QUIPU_SQLITE_LIBRARY sqlite3)
find_path(QUIPU_LMDB_INCLUDE lmdb.h)
find_library(QUIPU_LMDB_LIBRARY lmdb)
find_path(QUIPU_ROCKSDB_INCLUDE rocksdb/db.h)
find_library(QUIPU_ROCKSDB_LIBRARY rocksdb)
set(quipu_missing_peers "")
foreach(peer IN ITEMS SQLITE LMDB ROCKSDB)
  mark_as_advanced(QUIPU_${peer}_INCLUDE QUIPU_${peer}_LIBRARY)
  if(NOT QUIPU_${peer}_INCLUDE OR NOT QUIPU_${peer}_LIBRARY)
    list(APPEND quipu_missing_peers ${peer})
  endif()
endforeach()
if(quipu_missing_peers)
  list(JOIN quipu_missing_peers ", " quipu_missing_peers)
  message(STATUS "Benchmarks: journal_bench is left out, it needs ${quipu_missing_peers} (libsqlite3-dev liblmdb-dev librocksdb-dev)")
  list(REMOVE_ITEM quipu_benchmark_files "${PROJECT_SOURCE_DIR}/benchmarks/journal_bench.cpp")
endif()

foreach(file IN LISTS quipu_benchmark_files)
  cmake_path(GET file STEM name)
  quipu_add_program(${name} "${file}")
  target_compile_options(${name} PRIVATE -O2)
  target_compile_definitions(${name} PRIVATE NDEBUG)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/benchmarks")
endforeach()

if(TARGET journal_bench)
  file(GLOB quipu_journal_files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/benchmarks/journal/*.cpp")
  target_sources(journal_bench PRIVATE ${quipu_journal_files})
  foreach(peer IN ITEMS SQLITE LMDB ROCKSDB)
    target_include_directories(journal_bench SYSTEM PRIVATE "${QUIPU_${peer}_INCLUDE}")
    target_link_libraries(journal_bench PRIVATE "${QUIPU_${peer}_LIBRARY}")
  endforeach()
endif()
