#!/bin/bash
# bench.sh - runs benchmarks one after the other: scripts that print what they
# measured, and end with 77 where they lack something to compare with.
set -u

failed=0
for script in "$@"; do
    printf '\n== %s\n' "$(basename "$script" .sh)"
    [ -x "$script" ] || continue
    "$script"
    status=$?
    if [ "$status" -ne 0 ] && [ "$status" -ne 77 ]; then
        echo "bench.sh: $script: exit status $status" >&2
        failed=1
    fi
done
exit $failed
