# One call of a whole run fails: write, fsync, close, rename, open, read, flush.
# Exit status 0 means the bytes of an undisturbed run; anything else is
# a line of its own, with the file that was there before, and nothing half done.
#
# FAULTS=all tries every call (make faults), else some of each kind.
. "$SRC/tests/cli/lib.sh"

need sox
shim=$(dirname "$BIN")/tests/faults.so
[ -e "$shim" ] || fail "make has not built $shim"
if readelf -d "$BIN/se-plot" | grep -q libasan; then
    skip 'a sanitizer has calls of its own'
fi
net=$(ls "$SRC"/models/se_nn_arch72_mel/*.safetensors 2>/dev/null | tail -n 1)
[ -n "$net" ] || skip 'no trained net'
sox -R -n -r 16000 -c 1 in.wav synth 1 pinknoise
for i in 1 2 3; do
    echo "{\"epoch\":$i,\"train_loss\":0.$i,\"valid_loss\":0.$i}"
done >history.jsonl

# try NAME FILE KINDS COMMAND...: the command writes out/FILE.
try()
{
    name=$1 file=$2 kinds=$3
    shift 3
    rm -rf out whole
    mkdir out
    expect 0 "$@"
    mv out whole
    for call in $kinds; do
        mkdir out
        FAULT_CALL=$call FAULT_COUNT=$PWD/count LD_PRELOAD=$shim "$@" \
            >stdout 2>stderr
        n=$(cat count) step=1 good=0 bad=0
        [ "${FAULTS:-}" = all ] || step=$((n / 6 + 1))
        rm -r out
        for at in $(seq 1 "$step" "$n"); do
            mkdir out
            echo old >"out/$file"
            status=0
            FAULT_CALL=$call FAULT_AT=$at LD_PRELOAD=$shim "$@" \
                >stdout 2>stderr || status=$?
            where="$name: $call $at of $n: status $status: $(cat stderr)"
            case $status in
            0)
                cmp "whole/$file" "out/$file" || fail "$where: other bytes"
                good=$((good + 1))
                ;;
            1)
                [ -s stderr ] || fail "$where: no word"
                [ "$(head -c 4 "out/$file" | tr -d "\0")" = "old" ] ||
                    cmp "whole/$file" "out/$file" || fail "$where: the old file"
                bad=$((bad + 1))
                ;;
            *) fail "$where" ;;
            esac
            [ "$(ls -A out)" = "$file" ] || fail "$where: left: $(ls -A out)"
            rm -r out
        done
        printf '%-12s %-8s %6d calls %6d fine %6d errors\n' "$name" "$call" \
            "$n" "$good" "$bad" >>table
    done
}

calls='write fsync close rename open read flush'
for ending in wav flac mp3; do
    try "$ending" "x.$ending" "$calls" \
        "$BIN/se-enhance" -q --model "$net" in.wav "out/x.$ending"
done
try plot x.svg "$calls" "$BIN/se-plot" -q -o out/x.svg history.jsonl
cat table
