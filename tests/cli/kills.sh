# Runs are killed where they change files, a few times (make kills: 1,000 times);
# the next run ends in the bytes of one that was not disturbed
# (tests/faults/campaign.py).
. "$SRC/tests/cli/lib.sh"

need sox "$python"
if readelf -d "$BIN/se-plot" | grep -q libasan; then
    skip 'a sanitizer has calls of its own'
fi
"$python" "$SRC/tests/faults/campaign.py" kills ${KILLS:---points 12} ||
    {
        status=$?
        [ "$status" -ne 77 ] || skip 'no seccomp filters here'
        exit "$status"
    }
