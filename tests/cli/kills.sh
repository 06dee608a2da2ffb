# Runs are killed where they change files, a few times (make kills: 1,000 times);
# the next run ends in the bytes of one that was not disturbed
# (tests/faults/campaign.py).
. "$SRC/tests/cli/lib.sh"

need sox "$python"
[ -z "$(sanitizers)" ] || skip 'a sanitizer has calls of its own'
"$python" "$SRC/tests/faults/campaign.py" kills ${KILLS:---points 12} ||
    {
        status=$?
        [ "$status" -ne 77 ] || skip 'no seccomp filters here'
        exit "$status"
    }
