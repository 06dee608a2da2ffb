# lib.sh - for tests/cli of programs with sound devices: machines that have none
# use the real PortAudio and the real ALSA all the same.
. "$SRC/tests/cli/lib.sh"

CLOCK=$(dirname "$BIN")/alsa/clock.so
[ -e "$CLOCK" ] || fail "make has not built $CLOCK"

# Only the devices of the test, whatever this machine has.
export ALSA_CONFIG_PATH=$PWD/alsa.conf
export JACK_NO_START_SERVER=1 JACK_DEFAULT_SERVER=nnse-none
# PortAudio takes it for granted that there is a `default`, if only a busy one.
cat >alsa.conf <<END
pcm_type.clock { lib "$CLOCK" }
pcm.default { type clock busy 0 }
END

# clock NAME [SETTINGS]: keeps time, see tests/alsa/clock.c.
clock()
{
    echo "pcm.$1 { type clock ${2:-} }" >>alsa.conf
}

# microphone NAME SAMPLES [SETTINGS]: gives the 16-bit samples, then silence.
microphone()
{
    cat >>alsa.conf <<END
pcm.$1 { type file format raw file /dev/null infile "$PWD/$2"
         slave.pcm { type clock ${3:-} } }
END
}

# loudspeaker NAME SAMPLES [SETTINGS]: keeps what it plays.
loudspeaker()
{
    cat >>alsa.conf <<END
pcm.$1 { type file format raw file "$PWD/$2" truncate true
         slave.pcm { type clock ${3:-} } }
END
}

# make_samples NAME [RATE [CHANNELS]]: four seconds of speech in noise as
# NAME.s16, and the same as NAME.wav.
make_samples()
{
    sox -D "$SRC/test_wavs/noisy/espeak_gusts_10dB.wav" "$1.wav" trim 0 4 \
        rate "${2:-16000}" channels "${3:-1}"
    sox "$1.wav" -t raw -e signed -b 16 "$1.s16"
}

# expect_samples FILE SAMPLES N: the sound file begins with the first N samples,
# and has no more.
expect_samples()
{
    sox "$1" -t raw -e signed -b 16 got.s16
    head -c $((2 * $3)) "$2" | cmp - got.s16 || fail "$1 is not what was played"
}
