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
bench(engine ROOMS simulate)

# fuzz(NAME ROOMS room...): tests/fuzz/NAME_fuzz.cpp becomes the libFuzzer program fuzz_NAME.
function(fuzz NAME)
  cmake_parse_arguments(F "" "" "ROOMS" ${ARGN})
  if(NOT WF_FUZZ OR NOT EXISTS ${CMAKE_SOURCE_DIR}/tests/fuzz/${NAME}_fuzz.cpp)
    return()
  endif()
  add_executable(fuzz_${NAME} EXCLUDE_FROM_ALL tests/fuzz/${NAME}_fuzz.cpp)
  foreach(ROOM ${F_ROOMS})
    target_link_libraries(fuzz_${NAME} PRIVATE wf_${ROOM})
  endforeach()
  target_link_options(fuzz_${NAME} PRIVATE -fsanitize=fuzzer,address,undefined)
endfunction()
fuzz(json ROOMS json)
fuzz(yaml ROOMS json)
fuzz(lint ROOMS validate)
fuzz(decode ROOMS spec)
fuzz(when ROOMS expr)
fuzz(expr ROOMS expr)
fuzz(template ROOMS expr)
fuzz(cron ROOMS expr)
fuzz(jsonpath ROOMS expr)
bench(control ROOMS control)

# House rules (layers, what the core may not touch, first lines).
find_program(PYTHON3 python3 REQUIRED)
add_test(NAME tidy COMMAND ${PYTHON3} tools/tidy.py WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
bench(api ROOMS api)

# The examples: linted and simulated, then run in containers (as root, with crun or runc) or as
# processes; tests/examples/cases.txt says how each one ends.
if(TARGET argo)
  set(EXAMPLES ${PYTHON3} tests/examples/run.py --argo $<TARGET_FILE:argo>)
  add_test(NAME examples COMMAND ${EXAMPLES} simulate WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  add_test(NAME examples_run COMMAND ${EXAMPLES} run WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(examples PROPERTIES TIMEOUT 120)
  set_tests_properties(examples_run PROPERTIES TIMEOUT 300)
endif()

# Our own scenarios (`argo test` runs them), and the embedded mode from end to end.
add_test(NAME scenarios COMMAND argo test --quiet tests/scenarios WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
add_test(NAME e2e_embedded COMMAND tests/e2e/embedded.sh $<TARGET_FILE:argo> WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(e2e_embedded PROPERTIES TIMEOUT 240)

# The controller under seeded faults (apps/sim.cpp); ./dev ci --full runs more seeds.
add_test(NAME sim COMMAND sim --seeds 200)
