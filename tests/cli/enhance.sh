# se-enhance: rates, lengths, channels, pipes, folders, limits. The nets are
# those of model.sh, whose answers are known.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/model.sh"

enhance=$BIN/se-enhance
make_pass_model pass.st
make_half_model half.st

# Bytes that are always the same and look like noise, as 16-bit samples.
head -c 400000 "$SRC/test_wavs/stereo_48k.flac" | tail -c +1001 >noise

# Makes NAME of BYTES of it: wav RATE CHANNELS FORMAT BYTES NAME
wav()
{
    head -c "$4" noise >wav.raw
    expect 0 "$enhance" --model pass.st --raw --rate "$1" --raw_channels "$2" \
        --format "$3" wav.raw "$5"
}

# A mask of 1 gives every byte of the file back, at any length and rate.
for rate in 8000 16000 44100 96000; do
    for frames in 1 159 160 161 479 480 5000; do
        wav $rate 1 s16le $((frames * 2)) in.wav
        expect 0 "$enhance" --model pass.st in.wav out.wav
        cmp in.wav out.wav || fail "$frames frames at $rate Hz"
    done
done
for channels in 1 2 6; do
    for format in s16le s24le s32le; do
        head -c $((channels * 3 * 4 * 1000)) noise >in.raw
        expect 0 "$enhance" --model pass.st --raw --rate 44100 \
            --raw_channels $channels --format $format in.raw out.raw
        case $format in
        s32le) [ "$(wc -c <in.raw)" = "$(wc -c <out.raw)" ] || fail "length" ;;
        *) cmp in.raw out.raw || fail "$channels channels of $format" ;;
        esac
    done
done
[ ! -s stderr ] || fail "writes to standard error: $(cat stderr)"

# A limit of 0 dB makes any net do that, in either spelling.
wav 48000 2 s24le 60000 in.wav
expect 0 "$enhance" --model half.st --atten-lim=0 in.wav out.wav
cmp in.wav out.wav || fail "--atten-lim 0 changed the sound"
expect 0 "$enhance" --model half.st -a 0 in.wav out.wav
cmp in.wav out.wav || fail "-a 0 changed the sound"
expect 0 "$enhance" --model half.st in.wav out.wav
cmp -s in.wav out.wav && fail "a mask of a half changed nothing"
[ "$(wc -c <in.wav)" = "$(wc -c <out.wav)" ] || fail "another length"

# Half is taken away: output and residual are the same.
printf '\000\100\000\300\000\040\000\340' >in.raw
expect 0 "$enhance" --model half.st --raw --rate 16000 --residual residual.raw \
    in.raw out.raw
printf '\000\040\000\340\000\020\000\360' >want.raw
cmp out.raw want.raw || fail "the half of four samples"
cmp residual.raw want.raw || fail "the other half"

# Channels: to one, or all of them.
printf '\000\100\000\000\000\100\000\000' >in.raw
printf '\000\040\000\040' >want.raw
expect 0 "$enhance" --model pass.st --raw --rate 16000 --raw_channels 2 \
    --channels mix in.raw out.raw
cmp out.raw want.raw || fail "--channels mix"
for how in linked each; do
    expect 0 "$enhance" --model pass.st --raw --rate 16000 --raw_channels 2 \
        --channels $how in.raw out.raw
    cmp out.raw in.raw || fail "--channels $how"
done

# Pipes. A WAV header to a pipe has no length, and such a header is read.
wav 22050 2 s16le 40000 in.wav
expect 0 "$enhance" --model pass.st in.wav - >/dev/null
cmp stdout in.wav || fail "to a file by standard output: the header"
"$enhance" --model pass.st in.wav - | cat >pipe.wav
[ "$(od -An -tx1 -j40 -N4 pipe.wav | tr -d ' ')" = ffffffff ] ||
    fail "the length in a header to a pipe: $(od -An -tx1 -N44 pipe.wav)"
cat pipe.wav | "$enhance" --model pass.st - - | "$enhance" --model pass.st \
    - out.wav || fail "two in a row"
cmp out.wav in.wav || fail "the length went missing in a pipe"
{ head -c 40 in.wav && printf '\000\000\000\000' && tail -c +45 in.wav; } |
    "$enhance" --model pass.st - out.wav || fail "a WAV of length 0 in a pipe"
cmp out.wav in.wav || fail "a WAV of length 0 in a pipe: another length"
"$enhance" --model pass.st --raw --rate 8000 - - <noise | cmp - noise ||
    fail "raw samples through pipes"

# Containers by name; tags stay; and back again nothing is lost.
wav 44100 2 s24le 60000 in.wav
expect 0 "$enhance" --model pass.st in.wav out.flac
[ "$(head -c 4 out.flac)" = fLaC ] || fail "out.flac is not FLAC"
expect 0 "$enhance" --model pass.st out.flac back.wav
cmp in.wav back.wav || fail "through FLAC and back"
cat out.flac | "$enhance" --model pass.st - back.wav || fail "FLAC in a pipe"
cmp in.wav back.wav || fail "FLAC in a pipe: other samples"
expect 0 "$enhance" --model pass.st "$SRC/test_wavs/stereo_48k.flac" out.flac

# A folder is made; one that fails does not stop the others.
mkdir in
cp in.wav in/a.wav
cp out.flac in/b.flac
expect 0 "$enhance" --model pass.st -o deep/out in/a.wav in/b.flac
cmp in/a.wav deep/out/a.wav || fail "-o: a.wav"
[ "$(ls deep/out | tr '\n' ' ')" = 'a.wav b.flac ' ] || fail "-o: $(ls deep/out)"
expect 1 "$enhance" --model pass.st -o second in/a.wav in/none.wav in/b.flac
grep -q 'none.wav: cannot open: No such file' stderr || fail "$(cat stderr)"
[ "$(ls second | tr '\n' ' ')" = 'a.wav b.flac ' ] || fail "-o: $(ls second)"
expect 1 "$enhance" --model pass.st -o third in/a.wav ./in/a.wav
grep -q 'another input has the same name' stderr || fail "$(cat stderr)"

# -v says more; clipped samples are counted, unless -q. (A float file can be louder
# than a 16-bit file can.)
expect 0 "$enhance" -v --model pass.st in.wav out.wav
grep -q 'times real time' stderr || fail "-v: $(cat stderr)"
printf '\000\000\000\100\000\000\000\077' >loud.raw
expect 0 "$enhance" --model pass.st --raw --rate 16000 --format f32le \
    loud.raw loud.flac
expect_line 'loud.flac: 1 samples beyond full scale were clipped'
expect 0 "$enhance" -q --model pass.st --raw --rate 16000 --format f32le \
    loud.raw loud.flac
[ ! -s stderr ] || fail "-q: $(cat stderr)"

# Integers as floating point: said once, of files and pipes, but not with -q.
printf '\000\000\226\104\000\000\226\304%.0s' $(seq 1000) >loud.raw
loud="--model pass.st --raw --rate 16000 --format f32le"
expect 0 "$enhance" $loud loud.raw out.raw
expect_line '^se-enhance: loud.raw: a sample is 1200 times full scale'
# shellcheck disable=SC2002
cat loud.raw | "$enhance" $loud - out.raw 2>stderr || fail 'loud: a pipe'
expect_line '^se-enhance: standard input: a sample is 1200 times full scale'
expect 0 "$enhance" -q $loud loud.raw out.raw
[ ! -s stderr ] || fail "-q: $(cat stderr)"

# Interrupted: status 130, and nothing is left.
mkdir stopped
yes | "$enhance" --model pass.st --raw --rate 16000 - stopped/out.raw \
    2>stderr &
job=$!
for try in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.1
    [ -z "$(ls stopped)" ] || break
done
interrupt INT $job stderr
no_files 'stopped/*'
no_files '*.tmp'
