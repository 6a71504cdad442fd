# Test programs that are not one room's: benchmarks, fuzzers, scenario and end-to-end suites.
