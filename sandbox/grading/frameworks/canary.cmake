# Included by CMake at the end of the task's first project(): tests that must fail, so that a report without them is none.
if(CMAKE_SOURCE_DIR STREQUAL CMAKE_CURRENT_SOURCE_DIR AND NOT BENCH_CANARIES_ADDED)
  set(BENCH_CANARIES_ADDED ON)
  enable_testing()
  foreach(canary IN LISTS BENCH_CANARIES)
    add_test(NAME "${canary}" COMMAND "${CMAKE_COMMAND}" -E false)
  endforeach()
endif()
