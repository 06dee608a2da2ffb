#!/bin/bash
# fuzz.sh - lets fuzzers loose, as many at once as there are processors, from the
# inputs and the words that tests/fuzz keeps of each.
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

# inputs LOG...: how many there were.
inputs()
{
    sed -n 's/^stat::number_of_executed_units: *//p' "$@" |
        awk '{ n += $1 } END { print n + 0 }'
}

# try FUZZER: says what came of it, and leaves NAME.fault for a fault.
try()
{
    local fuzzer=$1 name kept runs

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
    if "${alike[@]}" "$fuzzer" "$@" >"$fuzzer.log" 2>&1; then
        echo "$name: $(inputs "$fuzzer.log") inputs, no fault"
    else
        touch "$scratch/$name.fault"
        { echo "$name: a fault, see $fuzzer.log"; tail -n 30 "$fuzzer.log"; } >&2
    fi
}

for fuzzer; do
    [ "$(jobs -pr | wc -l)" -lt "$(nproc)" ] || wait -n
    try "$fuzzer" &
done
wait
echo "$(inputs "${@/%/.log}") inputs in all"
! ls "$scratch"/*.fault >/dev/null 2>&1
