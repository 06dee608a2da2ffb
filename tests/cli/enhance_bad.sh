# se-enhance and what is not as it should be: one line, the right status, and
# nothing half-written.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/model.sh"

enhance=$BIN/se-enhance
make_pass_model pass.st
head -c 64000 "$SRC/test_wavs/stereo_48k.flac" >noise
expect 0 "$enhance" --model pass.st --raw --rate 16000 noise good.wav
mkdir out

# refuse REGEX INPUT: it is, and leaves nothing.
refuse()
{
    expect 1 "$enhance" --model pass.st "$2" out/out.wav
    expect_line "^se-enhance: $1"
    no_files 'out/*'
}

# ---- inputs
refuse 'none.wav: cannot open: No such file or directory' none.wav
refuse 'out: is a folder' out
echo 'This is a text, and no sound at all.' >text.wav
refuse 'text.wav: expected a sound file' text.wav
: >empty.wav
refuse 'empty.wav: is empty' empty.wav
{ head -c 40 good.wav && printf '\000\000\000\000'; } >nothing.wav
refuse 'nothing.wav: has no samples' nothing.wav
head -c 20000 good.wav >short.wav
refuse 'short.wav: truncated: the header promises 64000 bytes' short.wav
head -c 30 good.wav >head.wav
refuse 'head.wav: truncated' head.wav
{ head -c 4000 /dev/zero && printf '\000\000\300\177' &&
    head -c 4000 /dev/zero; } >nan.raw
expect 1 "$enhance" --model pass.st --raw --rate 16000 --format f32le nan.raw \
    out/out.raw
expect_line '^se-enhance: nan.raw: frame 1000: the sample is not a number'
no_files 'out/*'
printf '\312\362\111\361' >huge.raw
expect 1 "$enhance" --model pass.st --raw --rate 16000 --format f32le huge.raw \
    out/out.raw
expect_line '^se-enhance: huge.raw: frame 0: the sample is 1e\+30 times full'
no_files 'out/*'

# Headers that say something else than what is there are read and remarked on.
promise()
{
    { head -c 40 good.wav && printf "$1" && tail -c +45 good.wav; } >odd.wav
}
promise '\054\372\000\000'
expect 0 "$enhance" --model pass.st odd.wav out/out.wav
expect_line '^se-enhance: odd.wav: the header promises 64044 bytes'
cmp out/out.wav good.wav || fail 'a length of 44 too many: other samples'
expect 0 "$enhance" --model pass.st - out/out.wav <odd.wav
expect_line '^se-enhance: standard input: the header promises 64044 bytes'
cat odd.wav | "$enhance" --model pass.st - out/out.wav 2>stderr ||
    fail 'a length of 44 too many in a pipe'
expect_line '^se-enhance: standard input: 44 bytes fewer'
cmp out/out.wav good.wav || fail 'a length of 44 too many in a pipe'
expect 0 "$enhance" --model pass.st --ignore_length short.wav out/out.wav
[ "$(wc -c <out/out.wav)" = 20000 ] || fail '--ignore_length: the length'
rm out/out.wav

# Of a damaged MP3 the program speaks, not its decoder.
expect 0 "$enhance" --model pass.st good.wav out/damaged.mp3
size=$(wc -c <out/damaged.mp3)
at=1000
while [ "$at" -lt "$size" ]; do
    printf '\377\125\252' |
        dd of=out/damaged.mp3 bs=1 seek="$at" conv=notrunc status=none
    at=$((at + 333))
done
expect 0 "$enhance" -q --model pass.st out/damaged.mp3 out/out.wav
expect_line '^se-enhance: out/damaged.mp3: '
expect 0 "$enhance" --model pass.st good.wav out/whole.mp3
for at in $(seq 150 2 600); do # in one of the first frames
    { head -c "$at" out/whole.mp3 && printf '\377\377\377' &&
        tail -c "+$((at + 4))" out/whole.mp3; } >out/damaged.mp3
    expect 0 "$enhance" -q --model pass.st out/damaged.mp3 out/out.wav
    [ ! -s stderr ] || expect_line '^se-enhance: out/damaged.mp3: '
    ! grep 'damaged in ' stderr || break
done
expect_line 'mp3: damaged in [0-9]+ places?: what its decoder makes of it was'
rm -f out/*

# What cannot be written is refused, and nothing is there.
for name in out.m4a out.unknown; do
    expect 1 "$enhance" --model pass.st good.wav "out/$name"
    expect_line "^se-enhance: out/$name: cannot write .*: expected one of .wav "
    no_files 'out/*'
done

# The same through pipes.
piped()
{
    expect 1 "$enhance" --model pass.st - out/out.wav
    expect_line "^se-enhance: standard input: $1"
    no_files 'out/*'
}
cat short.wav | piped 'truncated'
cat text.wav | piped 'expected a sound file'
cat nothing.wav | piped 'has no samples'
cat /dev/null | piped 'is empty'

# What must be copied goes to $TMPDIR, with a space in its name or not there.
flac=$SRC/test_wavs/stereo_48k.flac
mkdir 'a folder'
(
    export TMPDIR="$PWD/a folder"
    # shellcheck disable=SC2002
    cat "$flac" | "$enhance" --model pass.st - out/out.wav 2>stderr ||
        fail "a pipe by way of TMPDIR: $(cat stderr)"
    rm out/out.wav
    export TMPDIR="$PWD/missing"
    # shellcheck disable=SC2002
    cat "$flac" | piped 'cannot copy it to a temporary file in .*missing: No such'
)
no_files 'a folder/*'

# What is odd but right goes through: 8 and 96 kHz, 6 channels.
for how in '8000 1' '96000 1' '16000 6' '96000 6'; do
    set -- $how
    head -c 60000 noise >odd.raw
    expect 0 "$enhance" --model pass.st --raw --rate "$1" --raw_channels "$2" \
        odd.raw odd.wav
    expect 0 "$enhance" --model pass.st odd.wav out/odd.wav
    cmp odd.wav out/odd.wav || fail "$1 Hz, $2 channels"
    rm out/odd.wav
done

# ---- outputs
cp good.wav same.wav
expect 1 "$enhance" --model pass.st same.wav same.wav
expect_line '^se-enhance: same.wav: input, output and residual must be differ'
ln same.wav link.wav
expect 1 "$enhance" --model pass.st same.wav link.wav
expect_line 'must be different files'
expect 2 "$enhance" --model pass.st same.wav out/x.wav --residual same.wav
expect_line 'INPUT same.wav are one file'
expect 2 "$enhance" --model pass.st same.wav out/x.wav --residual out/x.wav
expect_line 'OUTPUT out/x.wav are one file'
expect 1 "$enhance" --model pass.st -o . same.wav
expect_line 'must be different files'
cmp same.wav good.wav || fail "the input was written over"

expect 1 "$enhance" --model pass.st good.wav none/out.wav
expect_line '^se-enhance: none/out.wav: cannot write: No such file'
expect 1 "$enhance" --model pass.st -o good.wav/below good.wav
expect_line '^se-enhance: good.wav/below?: '
expect 1 "$enhance" --model pass.st good.wav out
expect_line '^se-enhance: out: '
no_files 'out*.tmp'
expect 1 "$enhance" --model pass.st good.wav /dev/full
expect_line '^se-enhance: /dev/full: cannot write: No space left on device'
status=0
"$enhance" --model pass.st good.wav - >/dev/full 2>stderr || status=$?
[ "$status" -eq 1 ] || fail "full standard output: status $status"
expect_line '^se-enhance: standard output: cannot write: No space left'

# A folder that no one may write to (root may: then in /proc, where even root
# may not).
mkdir locked
chmod a-w locked
if [ "$(id -u)" -eq 0 ]; then
    place=/proc/out.wav
else
    place=locked/out.wav
fi
expect 1 "$enhance" --model pass.st good.wav "$place"
expect_line "^se-enhance: $place: cannot write: "
no_files 'locked/*'

# A full disk, where one can be made.
mkdir full
if mount -t tmpfs -o size=8k none full 2>/dev/null; then
    trap 'umount "$PWD/full"' EXIT
    for name in out.wav out.flac out.ogg; do
        expect 1 "$enhance" --model pass.st \
            "$SRC/test_wavs/stereo_48k.flac" "full/$name"
        expect_line "^se-enhance: full/$name: cannot write: No space left"
        no_files 'full/*'
    done
fi

# ---- nets
expect 1 "$enhance" --model good.wav good.wav out/out.wav
expect_line '^se-enhance: good.wav: '
expect 1 "$enhance" --model none.st good.wav out/out.wav
expect_line '^se-enhance: none.st: no such file'
expect 1 "$enhance" --nn_arch none.txt good.wav out/out.wav
expect_line '^se-enhance: none.txt: no such file'

# A checkpoint of another net than its folder says.
mkdir -p models/tiny
cp pass.st models/tiny/epoch_0001.safetensors
printf '%s\n' 'input_neurons 2' 'layer_type fc' 'layer_neurons 257' \
    'activation sigmoid' >def_tiny.txt
expect 1 "$enhance" --nn_arch def_tiny.txt --epoch_loaded 1 good.wav out/out.wav
expect_line 'epoch_0001.safetensors is not the net of def_tiny.txt'
sed -i 's/input_neurons 2/input_neurons 1/' def_tiny.txt
expect 0 "$enhance" --nn_arch def_tiny.txt --epoch_loaded 1 good.wav out/out.wav
cmp good.wav out/out.wav || fail "--nn_arch and --epoch_loaded"
rm out/out.wav

# ---- usage
usage()
{
    expect 2 "$enhance" --model pass.st "${@:2}"
    expect_line "^se-enhance: $1"
    no_files 'out/*'
}
usage 'expected INPUT and OUTPUT' good.wav
usage 'expected INPUT and OUTPUT' good.wav out/a.wav out/b.wav
usage 'expected input files' -o out
usage '-o out/a.wav: expected a folder, this is the name of a sound' -o out/a.wav good.wav
usage '--residual and --out_dir exclude each other' -o out --residual r.wav good.wav
usage '--raw needs --rate' --raw good.wav out/a.wav
usage '--rate needs --raw' --rate 8000 good.wav out/a.wav
usage '--rate: expected a whole number from 1000' --raw --rate 12 a b
usage '--format: expected s16le, s24le, s32le or f32le' --raw --format u8 a b
usage '--channels: expected linked, each or mix' --channels 2 a b
usage '--atten_lim: expected a number of at least 0' --atten_lim -3 a b
usage "unknown option '--attenlim': did you mean --atten_lim\?" --attenlim 3 a b
usage "unknown option '--limit': did you mean --atten_lim\?" --limit=3 a b
usage "unknown option '--noisy': files need no option" --noisy a
usage '-o DIR: standard input has no name' -o out -
no_files '*.tmp'
