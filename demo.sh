#!/bin/sh
# Builds Tollgate, compiles every carrier, and charges through a real gateway against simulated carriers. See README.md.
set -eu
cd "$(dirname "$0")"
scripts/install
echo "== building (a few minutes the first time)"
cmake --preset release -DTOLLGATE_TESTS=OFF > build-configure.log 2>&1 || { cat build-configure.log; exit 1; }
rm -f build-configure.log
cmake --build --preset release --target tollgate tollgate-node
echo "== compiling the carriers"
build/release/tollgate build -o build/modules carriers
# The hours that carriers let pass would be long to watch.
case " $* " in *" --speed "*) ;; *) set -- --speed 30 "$@" ;; esac
echo "== charging"
exec build/release/tollgate demo "$@" carriers
