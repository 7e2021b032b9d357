#!/bin/sh
# What cannot be written is trouble: exit code 3 and one line, whatever the command. Breaks if a command aborts on a full disk, or says that it is done.
# usage: full_output.sh TOLLGATE CARRIERS FOLDER
tollgate=$1 carriers=$2 folder=$3
carrier=$carriers/mtn_momo.carrier
rm -rf "$folder" && mkdir -p "$folder" && "$tollgate" build -o "$folder/modules" "$carrier" > /dev/null || exit 1
module=$(ls "$folder"/modules/*.tgm | head -n 1)
failed=0
full() {
  "$tollgate" "$@" > /dev/full 2> "$folder/said"
  code=$?
  if [ $code -ne 3 ] || [ "$(grep -c 'standard output cannot be written' "$folder/said")" -ne 1 ]; then
    echo "tollgate $*: exit code $code, said: $(cat "$folder/said")"
    failed=1
  fi
}
full dump module "$module"
full dump ast "$carrier"
full check "$carrier"
echo "carrier" > "$folder/bad.carrier"
full check --format json "$folder/bad.carrier"
full check --format sarif "$carrier"
full test "$carrier"
full build -o "$folder/again" "$carrier"
full explain CR0501
full doc --citations "$carrier"
full --help
full --version
full replay --help
"$tollgate" dump module "$module" | head -n 1 > /dev/null || failed=1   # a reader that has had enough
exit $failed
