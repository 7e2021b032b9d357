#!/bin/sh
# Runs every test: the rooms' own and the carriers' under AddressSanitizer and UndefinedBehaviorSanitizer, then whole programs as they are
# installed. See README.md.
set -eu
cd "$(dirname "$0")"
scripts/install tests
for preset in dev release; do
  echo "== building: $preset"
  # demo.sh leaves the tests out of the same folder, and the folder remembers.
  cmake --preset $preset -DTOLLGATE_TESTS=ON > build-configure.log 2>&1 || { cat build-configure.log; exit 1; }
  rm -f build-configure.log
  cmake --build --preset $preset
  echo "== testing: $preset"
  ctest --preset $preset -j2 --no-tests=error
done

# What fuzzing has found so far, and a little more, with the compiler that can.
echo "== fuzzing, shortly"
cmake -S tests/fuzz -B build/fuzz -G Ninja -DCMAKE_CXX_COMPILER=clang++-16 > build-configure.log 2>&1 || { cat build-configure.log; exit 1; }
rm -f build-configure.log
cmake --build build/fuzz --target module_fuzz shape_fuzz front_fuzz
for target in module shape front; do
  mkdir -p build/fuzz/found_$target
  # What the golden tests hold is the front end's best seed.
  case $target in front) seeds="tests/golden stdlib" ;; *) seeds= ;; esac
  build/fuzz/${target}_fuzz -runs=50000 -max_total_time=30 build/fuzz/found_$target tests/fuzz/corpus/$target $seeds 2> build/fuzz/$target.log || { tail -30 build/fuzz/$target.log; exit 1; }
  tail -1 build/fuzz/$target.log
done
