#!/bin/sh
# Runs every test: the rooms' own and the carriers' under AddressSanitizer and UndefinedBehaviorSanitizer, then whole programs as they are
# installed. See README.md.
set -eu
cd "$(dirname "$0")"
scripts/install
for preset in dev release; do
  echo "== building: $preset"
  cmake --preset $preset > build-configure.log 2>&1 || { cat build-configure.log; exit 1; }
  rm -f build-configure.log
  cmake --build --preset $preset
  echo "== testing: $preset"
  ctest --preset $preset -j2
done
