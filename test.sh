#!/bin/sh
# Runs every test: the suites under AddressSanitizer and UndefinedBehaviorSanitizer, then those that need the release build. See README.md.
set -eu
cd "$(dirname "$0")"
scripts/install
for preset in dev release; do
  echo "== building: $preset"
  cmake --preset $preset > build-configure.log 2>&1 || { cat build-configure.log; exit 1; }
  rm -f build-configure.log
  cmake --build --preset $preset
done
echo "== tests, sanitized build"
ctest --preset dev -LE release -j2
echo "== tests, release build"
ctest --preset release -L release
