#!/bin/bash
# fuzz.sh - lets fuzzers loose one after the other, from the inputs and the words
# that tests/fuzz keeps of each.
#
#   scripts/fuzz.sh seconds N FUZZER...   so long; what each finds that leads to
#                                         new places is kept beside it for the
#                                         next time
#   scripts/fuzz.sh runs N FUZZER...      the kept inputs and N others, the same
#                                         ones each time
set -u

here=$(dirname "$0")/../tests/fuzz
# Leaks of libraries where they give up on a file.
export LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
measure=$1 number=$2
shift 2
# Nothing that is always the same depends on where things lie in memory.
alike=(setarch -R)
if [ "$measure" = seconds ] || ! "${alike[@]}" true 2>/dev/null; then
    alike=()
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
total=0
for fuzzer; do
    name=$(basename "$fuzzer")
    set -- -rss_limit_mb=3000 -print_final_stats=1 -artifact_prefix="$fuzzer-"
    [ ! -e "$here/$name.dict" ] || set -- "$@" "-dict=$here/$name.dict"
    if [ "$measure" = seconds ]; then
        mkdir -p "$fuzzer.corpus"
        set -- "$@" -timeout=20 -max_total_time="$number" "$fuzzer.corpus"
    else
        mkdir "$scratch/$name"
        kept=("$here/corpus/$name"/*)
        runs=$((number + ${#kept[@]}))
        # Which of these comes next depends on how the kernel passes bytes on.
        [ "$name" != fuzz_http ] || runs=${#kept[@]}
        set -- "$@" -timeout=300 -seed=1 -runs="$runs" -reload=0 "$scratch/$name"
    fi
    [ ! -e "$here/corpus/$name" ] || set -- "$@" "$here/corpus/$name"
    "${alike[@]}" "$fuzzer" "$@" >"$fuzzer.log" 2>&1
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
