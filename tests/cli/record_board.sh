# se-record --board, through a pseudo-terminal: the Apollo4's image in its
# emulator, and boards that do not do what they should.
. "$SRC/tests/emulator/lib.sh"

need_firmware apollo4
record=$BIN/se-record
image=$FIRMWARE/apollo4/nnse.bin

# board COMMAND...: at the other end of ./line from now on.
board()
{
    "$python" "$SRC/tests/emulator/line.py" line "$@" 2>board &
    pid=$!
    while [ ! -e line ]; do
        kill -0 $pid 2>/dev/null || fail "no board: $(cat board)"
        sleep 0.02
    done
}

# unplug: ends it.
unplug()
{
    # Unless it has ended by itself.
    children=$(cat /proc/$pid/task/$pid/children) || true
    [ -z "$children" ] || kill $children 2>/dev/null || true
    wait $pid || true
    rm -f line
}

# expect_board FRAMES: in both files; what it captured is what was played, and
# the rest is what the runtime makes of that here.
expect_board()
{
    for file in raw se; do
        [ "$(soxi -s audio_$file.wav)" -eq $(($1 * 160)) ] ||
            fail "audio_$file.wav: $(soxi -s audio_$file.wav) samples"
        sox audio_$file.wav -t raw -e signed -b 16 $file.s16
    done
    reference raw.s16 expected.s16 >crc
    cmp expected.s16 se.s16 || fail 'the board has other samples'
}

# The microphone; the first 800 samples are the filter's settling.
make_sound 1.2
board apollo4 --wav sound.wav --seconds 60 "$image"
expect 0 "$record" --board line -d 0.6
grep -Eqx 'se-record: line: [0-9]+ cycles a frame, [0-9]+ at most' stderr &&
    grep -qx 'se-record: ./audio_raw.wav and audio_se.wav: 0.60 s' stderr &&
    [ "$(wc -l <stderr)" -eq 2 ] || fail "$(cat stderr)"
expect_board 60
tail -c +1601 sound.s16 | head -c 19200 | cmp - raw.s16 ||
    fail 'the board has captured other samples'

# Once more, to another folder, and until Ctrl-C.
"$record" -q --board line -d 0 -o some/where &
recorder=$!
until [ "$(find some/where -name '.nnse-*' -size +7 2>errors | wc -l)" -eq 2 ]; do
    kill -0 $recorder || fail 'nothing is recorded'
    sleep 0.05
done
kill -INT $recorder
wait $recorder || fail "Ctrl-C: status $?"
[ "$(soxi -s some/where/audio_raw.wav)" -gt 1600 ] || fail 'nothing recorded'
unplug


# odd HOW STATUS OPTION...: se-record with a board that is odd in this way.
odd()
{
    how=$1
    shift
    rm -f audio_*.wav
    board "$python" "$SRC/tests/emulator/odd_board.py" "$how"
    expected=$1
    shift
    expect "$expected" "$record" --board line "$@"
    mv stderr said
    unplug
    mv said stderr
}

# Lost and damaged frames are silence, the others at their places.
odd loses 0 -d 0.6
grep -qx 'se-record: line: 7 frames of 10 ms were lost and are silence; [34] damaged' \
    stderr || fail "lost frames: $(cat stderr)"
"$python" - <<'END' || fail 'frames are not at their places'
import struct, sys, wave
for name, sign in ("audio_raw.wav", 1), ("audio_se.wav", -1):
    with wave.open(name) as file:
        data = file.readframes(10**6)
    samples = struct.unpack(f"<{len(data) // 2}h", data)
    gone = (10, 11, 12, 13, 14, 20, 30)
    wanted = [0 if n in gone else sign * n for n in range(60) for k in range(160)]
    if list(samples) != wanted:
        sys.exit(f"{name} is wrong")
END
odd anew 0 -d 0.6 -q
grep -qx 'se-record: line: the board has begun anew after 0.20 s' stderr ||
    fail "$(cat stderr)"

odd stops 1 -d 5
expect_line '^se-record: line: the board sends nothing any more; 0\.3 s were kept$'
[ "$(soxi -s audio_raw.wav)" -eq 4800 ] || fail 'frames were not kept'
odd unplugged 1 -d 5
expect_line '^se-record: line: the board is gone; 0\.3 s were kept$'
[ "$(soxi -s audio_se.wav)" -eq 4800 ] || fail 'frames were not kept'
odd silent 1
expect_line '^se-record: line: the board sends nothing$'
no_files 'audio_*'
odd garbage 1
expect_line '^se-record: line: no frame of sound in the last [0-9]+ bytes: expected'
no_files 'audio_*'
odd error 1
expect_line '^se-record: line: the board says: error: the microphone is silent$'

# Lines that are none.
expect 1 "$record" --board no_such_line
expect_line '^se-record: no_such_line: cannot open the board'"'"'s line: No such file'
expect 1 "$record" --board /dev/null
expect_line '^se-record: /dev/null: is not a serial line$'
board sleep 20
expect 1 "$record" --board line --baud 12345
expect_line '^se-record: line: 12345 baud is not a speed of serial lines'
unplug
no_files '.nnse-*'
