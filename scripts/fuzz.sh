#!/bin/bash
# fuzz.sh - lets fuzzers loose one after the other, from the inputs and the words
# that tests/fuzz keeps of each. What each finds that leads to new places is kept
# beside it for the next time.
#
#   scripts/fuzz.sh SECONDS FUZZER...
set -u

here=$(dirname "$0")/../tests/fuzz
# Leaks of libraries where they give up on a file.
export LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
seconds=$1
shift
failed=0
total=0
for fuzzer; do
    name=$(basename "$fuzzer")
    mkdir -p "$fuzzer.corpus"
    set -- -timeout=20 -rss_limit_mb=3000 -max_total_time="$seconds" \
        -print_final_stats=1 -artifact_prefix="$fuzzer-"
    [ ! -e "$here/$name.dict" ] || set -- "$@" "-dict=$here/$name.dict"
    set -- "$@" "$fuzzer.corpus"
    [ ! -e "$here/corpus/$name" ] || set -- "$@" "$here/corpus/$name"
    "$fuzzer" "$@" >"$fuzzer.log" 2>&1
    status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$fuzzer.log")
    total=$((total + ${runs:-0}))
    if [ "$status" -eq 0 ]; then
        echo "$name: $runs inputs, no fault"
    else
        echo "$name: a fault, see $fuzzer.log" >&2
        tail -n 30 "$fuzzer.log" >&2
        failed=1
    fi
done
echo "$total inputs in all"
exit $failed
