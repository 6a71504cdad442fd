# Test programs that are not one room's: benchmarks, fuzzers, scenario and end-to-end suites.
# bench(NAME ROOMS room...): bench/NAME.cpp becomes the program bench_NAME; not part of `all`.
function(bench NAME)
  cmake_parse_arguments(B "" "" "ROOMS" ${ARGN})
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/bench/${NAME}.cpp)
    return()
  endif()
  add_executable(bench_${NAME} EXCLUDE_FROM_ALL bench/${NAME}.cpp)
  foreach(ROOM ${B_ROOMS})
    target_link_libraries(bench_${NAME} PRIVATE wf_${ROOM})
  endforeach()
endfunction()
bench(store ROOMS store)
