# Single calls of whole runs fail, a few of each kind (make faults: all of them):
# exit status 0 is the bytes of an undisturbed run, anything else one line, with
# nothing harmed (tests/faults/campaign.py).
. "$SRC/tests/cli/lib.sh"

need sox "$python"
[ -z "$(sanitizers)" ] || skip 'a sanitizer has calls of its own'
sweep()
{
    mkdir "$1"
    cd "$1"
    "$python" "$SRC/tests/faults/campaign.py" faults "${@:2}" ||
        {
            status=$?
            [ "$status" -ne 77 ] || skip 'no seccomp filters here'
            exit "$status"
        }
    cd ..
}
sweep few ${FAULTS:---kinds 2 --points 3}
sweep removals --calls remove --only download,features-merge
