# se-record with the real PortAudio and ALSA, on devices without hardware.
. "$SRC/tests/alsa/lib.sh"

need ffmpeg

record=$BIN/se-record

# background COMMAND...: with its messages in ./stderr; $pid.
background()
{
    "$@" >stdout 2>stderr &
    pid=$!
}

make_samples mono
make_samples wide 48000
make_samples stereo 16000 2
microphone mic mono.s16
microphone wide wide.s16 'rate 48000'
microphone pair stereo.s16 'channels 2'
microphone gone mono.s16 'gone 0.7'
clock busy 'busy 2'
# Without a clock all sound is there at once, in floating point at 44.1 kHz.
make_samples quick 44100
sox quick.wav -t raw -e float -b 32 quick.f32
cat >>alsa.conf <<END
pcm.silent { type null }
pcm.fast { type file format raw slave.pcm silent file /dev/null
           infile "$PWD/quick.f32" }
END

# The list.
expect 0 "$record" --list
[ ! -s stderr ] || fail "--list says: $(cat stderr)"
grep -Eq '^ ?[0-9]+  wide \(ALSA\): 48 kHz, its own 48$' stdout ||
    fail "--list: $(cat stdout)"
grep -q '^    in: 2 channels, from [0-9]* ms' stdout ||
    fail "--list: $(cat stdout)"
grep -q '^ *[0-9]*  busy (ALSA): busy, its own 16$' stdout ||
    fail "--list: $(cat stdout)"
number=$(sed -n 's/^ *\([0-9]*\)  pair .*/\1/p' stdout)

# What was played, bit for bit; by name, part of a name and number.
expect 0 "$record" -D mic -d 0.8 folder/new/take.wav
expect_line '^se-record: folder/new/take.wav: 0\.8 s$'
expect_samples folder/new/take.wav mono.s16 12800
expect 0 "$record" -q -D "$number" -c 2 -d 0.5 take.flac
[ ! -s stderr ] || fail "-q says: $(cat stderr)"
expect_samples take.flac stereo.s16 16000
[ "$(soxi -t take.flac)" = flac ] || fail 'no FLAC'
expect 0 "$record" -D FAS -r 44100 -d 3 fast.wav
expect_line '^se-record: fast.wav: 3\.0 s$'
expect_samples fast.wav quick.s16 132300

# By default the first microphone, ten seconds (less of them here) into
# test_wavs/speech.wav; a pipe.
expect 0 "$record" -d 0.3
expect_samples test_wavs/speech.wav mono.s16 4800
"$record" -q -d 0.3 - | sox -t wav --ignore-length - pipe.wav
expect_samples pipe.wav mono.s16 4800

# From the device's 48 kHz: the sound that was made from 16 kHz, once more.
expect 0 "$record" -q -D wide -d 1 from48.wav
[ "$(soxi -r from48.wav)" = 16000 ] || fail 'not 16 kHz'
[ "$(soxi -s from48.wav)" = 16000 ] || fail "$(soxi -s from48.wav) samples"
sox mono.wav first.wav trim 0 1
sox -m -v 1 first.wav -v -1 from48.wav difference.wav trim 0 0.9
rms=$(sox difference.wav -n stat 2>&1 | sed -n 's/^RMS .*amplitude: *//p')
awk "BEGIN { exit !($rms < 0.0005) }" || fail "other sound by $rms"
expect 0 "$record" -q -D mic -r 8000 -d 0.5 telephone.wav
[ "$(soxi -r -s telephone.wav | tr '\n' ' ')" = '8000 ' ] ||
    [ "$(soxi -s telephone.wav)" = 4000 ] || fail 'not 0.5 s at 8 kHz'

# Ctrl-C ends it, and all is well.
background "$record" -D mic -d 0 stopped.wav
sleep 1
kill -INT $pid
wait $pid || fail "Ctrl-C: status $?"
n=$(soxi -s stopped.wav)
[ "$n" -gt 1600 ] || fail "$n samples until Ctrl-C"
expect_samples stopped.wav mono.s16 "$n"

# So do the end of the terminal and what clusters send, once or again and again.
for signal in QUIT TERM HUP USR1 USR2 XCPU; do
    background env --default-signal=QUIT "$record" -D mic -d 20 stopped.wav
    until [ -n "$(find . -name '.nnse-*')" ]; do
        kill -0 $pid || fail "SIG$signal: no recording"
        sleep 0.05
    done
    sleep 0.3
    kill -$signal $pid
    kill -$signal $pid 2>errors || :
    wait $pid || fail "SIG$signal: status $?"
    expect_samples stopped.wav mono.s16 "$(soxi -s stopped.wav)"
    no_files '.nnse-*'
    rm stopped.wav
done

# Silence: half a second of it after the sound, none before.
sox -D mono.wav -t raw -e signed -b 16 speech.s16 pad 0.3 trim 0 0.8
microphone shy speech.s16
expect 0 "$record" -D shy -d 8 --until-silence=0.5/-60 shy.wav
expect_line '^se-record: shy.wav: 1\.[2-4] s, ended by silence$'

# What comes while nobody takes it is counted: the reader sleeps, the memory for
# 8 s fills up.
"$record" -D fast -r 44100 -d 30 - 2>stderr | (sleep 0.5; cat >slow.wav)
grep -Eq '^se-record: standard output: [0-9]+ frames were lost' stderr ||
    fail "lost frames: $(cat stderr)"
[ "$(wc -c <slow.wav)" -eq $((44 + 2 * 30 * 44100)) ] || fail 'not 30 s'

# Unplugged: what there was is kept.
expect 1 "$record" -D gone -d 5 gone.wav
expect_line '^se-record: gone: the device is gone; 0\.[67] s were kept$'
n=$(soxi -s gone.wav)
[ "$n" -gt 9600 ] || fail "$n samples until it was gone"
expect_samples gone.wav mono.s16 "$n"

# A full disk: likewise, and a plain error where nothing was.
(
    trap '' XFSZ
    ulimit -f 20
    expect 1 "$record" -D fast -r 44100 -d 4 full.wav
)
expect_line '^se-record: full.wav: cannot write: File too large; [01]\.[0-9] s were kept$'
n=$(soxi -s full.wav)
[ "$n" -gt 8000 ] || fail "$n samples on a full disk"
expect_samples full.wav quick.s16 "$n"
# Of what is coded, all that can be read: not headers alone in place of what was
# there before.
for ending in ogg opus mp3 flac; do
    expect 0 "$record" -q -D fast -r 44100 -d 2 whole.$ending
    size=$(stat -c %s whole.$ending)
    for k in 1 $((size * 3 / 4096)) $(((size - 1) / 1024)); do
        echo good >full.$ending
        (
            # libogg and libvorbis leak where libsndfile gives up on them.
            export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
            trap '' XFSZ
            ulimit -f "$k"
            expect 1 "$record" -D fast -r 44100 -d 2 full.$ending
        )
        if [ "$k" -eq 1 ] && [ $ending = mp3 ]; then
            continue # may have a whole block by then
        elif [ "$k" -eq 1 ]; then
            expect_line "full.$ending: cannot write: File too large(; [0-9.]+ s were lost)?$"
            [ "$(cat full.$ending)" = good ] || fail "$ending: headers were kept"
            continue
        fi
        expect_line "full.$ending: cannot write: File too large; [0-9.]+ s were kept$"
        kept=$(sed 's/.*; \([0-9.]*\) s were.*/\1/' stderr)
        ffmpeg -v quiet -y -i full.$ending -f s16le -ac 1 -ar 44100 full.s16
        awk "BEGIN { s = $(stat -c %s full.s16) / 88200;
                     exit !(s > 0.5 && s - $kept < 0.1 && $kept - s < 0.1) }" ||
            fail "$ending: $(cat stderr), but it has $(stat -c %s full.s16) bytes"
    done
done
[ "$(soxi -s full.flac)" -eq $(($(stat -c %s full.s16) / 2)) ] ||
    fail 'the header of a FLAC file that was kept'
expect 1 "$record" -D mic /dev/full
expect_line '^se-record: /dev/full: cannot write: No space left on device$'
no_files '*.tmp*'
no_files '.nnse-*'

# A terminal has a meter.
head -c 64000 /dev/zero | tr '\0' '\177' >loud.s16
microphone loud loud.s16
TERM=vt100 script -qec "'$record' -D loud -d 0.5 loud.wav" /dev/null >screen
grep -q -- '[#|]\{24\}  *-\{0,1\}0 dB.*left' screen || fail "meter: $(cat screen)"
