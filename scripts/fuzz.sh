#!/bin/bash
# fuzz.sh - lets fuzzers loose one after the other. What each finds that leads to
# new places is kept beside it for the next time.
#
#   scripts/fuzz.sh SECONDS FUZZER...
set -u

seconds=$1
shift
failed=0
for fuzzer; do
    mkdir -p "$fuzzer.corpus"
    "$fuzzer" -timeout=10 -max_total_time="$seconds" -print_final_stats=1 \
        -artifact_prefix="$fuzzer-" "$fuzzer.corpus" >"$fuzzer.log" 2>&1
    status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$fuzzer.log")
    if [ "$status" -eq 0 ]; then
        echo "$(basename "$fuzzer"): $runs inputs, no fault"
    else
        echo "$(basename "$fuzzer"): a fault, see $fuzzer.log" >&2
        tail -n 30 "$fuzzer.log" >&2
        failed=1
    fi
done
exit $failed
