# Files that programs write: whole under their name, or the old one and an error.
. "$SRC/tests/cli/lib.sh"

need sox

sox -R -n -r 16000 -c 1 in.wav synth 3 pinknoise
net=$(ls "$SRC"/models/se_nn_arch72_mel/*.safetensors 2>/dev/null | tail -n 1)
[ -n "$net" ] || skip 'no trained net'

# is_old FOLDER/FILE: what was there before is there, and nothing else.
is_old()
{
    [ "$(cat "$1")" = good ] || fail "$1 was replaced"
    [ "$(ls -A "$(dirname "$1")" | wc -l)" -eq 1 ] ||
        fail "left behind: $(ls -A "$(dirname "$1")")"
}

# A disk that is full at the first byte, at the last, and between, for each
# format: libsndfile itself forgets some of these.
for ending in wav aiff caf au flac ogg opus mp3; do
    mkdir "$ending"
    expect 0 "$BIN/se-enhance" -q --model "$net" in.wav "$ending/whole.$ending"
    size=$(stat -c %s "$ending/whole.$ending")
    mv "$ending/whole.$ending" .
    for k in 1 $((size / 2048)) $(((size - 1) / 1024)); do
        echo good >"$ending/out.$ending"
        (
            # libogg and libvorbis leak where libsndfile gives up on them.
            export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
            ulimit -f "$k"
            expect 1 "$BIN/se-enhance" -q --model "$net" in.wav \
                "$ending/out.$ending"
        )
        expect_line "out.$ending: cannot write: File too large"
        is_old "$ending/out.$ending"
    done
    expect 0 "$BIN/se-enhance" -q --model "$net" in.wav "$ending/out.$ending"
    case $ending in
    ogg | opus) ;; # a random number in each
    *) cmp "whole.$ending" "$ending/out.$ending" || fail "$ending: other bytes" ;;
    esac
done

# Streams say why they failed, too; a name that is too long is known before.
mkdir -p tables
(
    ulimit -f 1
    expect 1 "$BIN/se-convert" -q --model "$net" --folder_c tables
    expect_line 'def_nn3_se.[ch]: cannot write: File too large'
    expect 1 "$BIN/se-convert" -q --model "$net" --onnx tables/x.onnx
    expect_line 'x.onnx: cannot write: File too large'
)
no_files 'tables/*'
long=$(printf %0256d 1).wav
expect 1 "$BIN/se-enhance" -q --model "$net" none.wav "$long"
expect_line '^se-enhance: none.wav: cannot open'
expect 1 "$BIN/se-enhance" -q --model "$net" in.wav "$long"
expect_line '^se-enhance: 0*1.wav: cannot write: File name too long'

# A pipe that nobody reads, and one that does not wait (as Node.js makes them).
# shellcheck disable=SC2016
expect 1 bash -c '"$@" | true; exit "${PIPESTATUS[0]}"' bash \
    "$BIN/se-enhance" -q --model "$net" in.wav -
expect_line 'standard output: cannot write: Broken pipe'
cat >busy.py <<'END'
"""Runs a command into a pipe that does not wait, and is slow to read it."""
import os, subprocess, sys, time

reader, writer = os.pipe()
os.set_blocking(writer, False)
command = subprocess.Popen(sys.argv[1:], stdout=writer)
os.close(writer)
time.sleep(0.5)
while piece := os.read(reader, 1 << 16):
    sys.stdout.buffer.write(piece)
sys.exit(command.wait())
END
need "$python"
# shellcheck disable=SC2016
set -- bash -c 'for i in $(seq 12); do "$0" --help || exit; done' "$BIN/se-train"
"$@" >help.txt
[ "$(wc -c <help.txt)" -gt 70000 ] || fail 'shorter than a pipe'
"$python" busy.py "$@" >all.txt || fail 'a pipe that does not wait'
cmp help.txt all.txt || fail 'a pipe that does not wait loses text'

# Signals, while it waits for input: status 130, one line, the old file stays.
mkdir live
mkfifo fifo
for signal in INT QUIT TERM HUP USR1 USR2 XCPU; do
    echo good >live/out.wav
    env --default-signal=INT,QUIT "$BIN/se-enhance" -q --model "$net" \
        - live/out.wav <fifo 2>stderr &
    pid=$!
    exec 8>fifo
    head -c 32044 in.wav >&8
    until [ "$(ls -A live | wc -l)" -eq 2 ]; do sleep 0.05; done
    kill -$signal $pid
    status=0
    wait $pid || status=$?
    exec 8>&-
    [ "$status" -eq 130 ] || fail "SIG$signal: status $status"
    expect_line '^se-enhance: '
    is_old live/out.wav
done

# The same at the moment in which the new file comes to be.
cat >moment.c <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int openat(int folder, const char *name, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    int file = (int)syscall(SYS_openat, folder, name, flags, va_arg(more, int));
    va_end(more);
    if (file >= 0 && (flags & O_CREAT) && strncmp(name, ".nnse-", 6) == 0)
        raise(SIGTERM);
    return file;
}
END
expect 0 ${CC:-cc} -shared -fPIC -o moment.so moment.c
expect 130 env LD_PRELOAD="$PWD/moment.so" \
    ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" \
    "$BIN/se-enhance" -q --model "$net" in.wav live/out.wav
expect_line '^se-enhance: interrupted'
is_old live/out.wav

# Without the first three descriptors, files do not take their places.
"$BIN/se-enhance" -q --model "$net" fifo live/out.wav <&- >&- 2>&- &
pid=$!
exec 8>fifo
head -c 32044 in.wav >&8
until [ "$(ls -A live | wc -l)" -eq 2 ]; do sleep 0.05; done
for fd in 0 1 2; do
    [ "$(readlink /proc/$pid/fd/$fd)" = /dev/null ] ||
        fail "descriptor $fd: $(readlink /proc/$pid/fd/$fd)"
done
tail -c +32045 in.wav >&8
exec 8>&-
wait $pid || fail "without descriptors: status $?"
# shellcheck disable=SC2002
cat in.wav | "$BIN/se-enhance" -q --model "$net" - live/again.wav
cmp live/out.wav live/again.wav || fail 'without descriptors: other bytes'
rm live/again.wav
status=0
"$BIN/se-train" --help >&- 2>stderr || status=$?
[ "$status" -eq 1 ] || fail "without standard output: status $status"
expect_line 'standard output: cannot write: Bad file descriptor'

# What a killed run leaves is gone after the next one.
"$BIN/se-enhance" -q --model "$net" - live/out.wav <fifo &
pid=$!
exec 8>fifo
head -c 32044 in.wav >&8
until [ "$(ls -A live | wc -l)" -eq 2 ]; do sleep 0.05; done
kill -KILL $pid
wait $pid 2>errors || :
exec 8>&-
[ "$(ls -A live | wc -l)" -eq 2 ] || fail 'kill -9 left nothing to remove'
expect 0 "$BIN/se-enhance" -q --model "$net" in.wav live/out.wav
[ "$(ls -A live)" = out.wav ] || fail "left behind: $(ls -A live)"

# A merge that was killed while it removed the parts: merging again mends it.
mkdir speech noise
for n in 1 2; do
    sox -R -n -r 16000 -c 1 -b 16 speech/$n.wav synth 2 sawtooth $((90 * n)) \
        gain -6
    sox -R -n -r 16000 -c 1 -b 16 noise/$n.wav synth 2 pinknoise gain -6
done
for part in 1 2 3; do
    expect 0 "$BIN/se-features" -q -s speech -n noise -o set --seconds 1 \
        --num 6 --babble 0 --shard $part/3
done
cp -r set parts
expect 0 "$BIN/se-features" -q --merge -o set
cp -r set merged
cp parts/part-2-of-3.json set
expect 0 "$BIN/se-features" -q --merge -o set
diff -r merged set || fail 'a merge that is repeated changes the set'
rm parts/part-2-of-3.json
expect 1 "$BIN/se-features" -q --merge -o parts
expect_line 'part 2 of 3 is missing'

# ---- two outputs, one file ---------------------------------------------------
# Refused before anything is written, by whatever names.
mkdir -p two/sub
printf 'epoch,a\n1,1\n' >two/table.csv
cp two/table.csv two/keep.csv
ln -s ../x.svg two/sub/link.svg
for name in two/x.svg two/sub/../x.svg ./two//x.svg two/sub/link.svg; do
    expect 2 "$BIN/se-enhance" --plot two/x.svg "$SRC/test_wavs/speech.wav" "$name"
    expect_line '^se-enhance: --plot two/x.svg and OUTPUT .* are one file'
    expect 2 "$BIN/se-features" -s two/table.csv -n two/table.csv -o two/out \
        --list two/x.svg --plot "$name"
    expect_line '^se-features: --list two/x.svg and --plot .* are one file'
done
cp in.wav two/in.wav
expect 2 "$BIN/se-enhance" --vad two/in.wav two/in.wav two/a.wav
expect_line '^se-enhance: --vad two/in.wav and INPUT two/in.wav are one file'
cmp in.wav two/in.wav || fail 'the input was written over'
expect 2 "$BIN/se-enhance" --vad two/a.html --report two/a.html in.wav two/a.wav
expect 2 "$BIN/se-features" -s two/table.csv -n two -o two/out --list two/in.wav
expect_line '^se-features: --list two/in.wav: a list is not a sound'
expect 2 "$BIN/se-features" -s two/table.csv -n two -o two/out \
    --list two/out/manifest.json
expect_line 'two/out/manifest.json: a list is not a record or JSON'
rm two/in.wav
expect 2 "$BIN/se-enhance" --residual two/a.wav "$SRC/test_wavs/speech.wav" two/a.wav
expect 2 "$BIN/se-enhance" -o two --report two/speech.html --plot two/speech.html \
    "$SRC/test_wavs/speech.wav"
ln two/table.csv two/table.svg
expect 2 "$BIN/se-plot" -o two/table.svg two/table.csv
expect 2 "$BIN/se-features" --scan two -o two/clip.wav
expect_line "^se-features: --output two/clip.wav: a manifest is not a sound"
expect 2 "$BIN/se-features" -s two/table.csv -n two -o two/out --list two/table.csv
cmp two/table.csv two/keep.csv || fail 'an input was written over'
[ ! -e two/x.svg ] && [ ! -e two/a.wav ] && [ ! -e two/out ] || fail "$(ls two)"
