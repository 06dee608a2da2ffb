#!/bin/bash
# make-test-wavs.sh - makes the clips of test_wavs/ anew: synthetic voices and
# noise from sox, mixed at known SNRs. The same programs give the same bytes.
#
#   scripts/make-test-wavs.sh [FOLDER]     (test_wavs by default)
set -euo pipefail

folder=${1:-$(dirname "$0")/../test_wavs}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder/clean" "$folder/noisy"

# -R: the same random numbers every time; -D: no dither.
quiet_sox()
{
    sox -V1 -R -D "$@"
}

# Effective value of a file, full scale is 1.
rms()
{
    sox "$1" -n stat 2>&1 | awk '/^RMS.*amplitude/ { print $3 }'
}

# speak OUTPUT VOICE TEXT: flite's voices, by name, or espeak-ng's, as espeak:NAME;
# 16 kHz, mono, at 0.05 of full scale, some silence around it.
speak()
{
    case $2 in
    espeak:*) espeak-ng -v "${2#espeak:}" -s 160 -w "$work/said.wav" "$3" ;;
    *) flite -voice "$2" -t "$3" -o "$work/said.wav" ;;
    esac
    quiet_sox "$work/said.wav" -r 16000 -c 1 -e float -b 32 "$work/at16.wav" \
        highpass 60 pad 0.4 0.4
    quiet_sox -v "$(awk -v r="$(rms "$work/at16.wav")" 'BEGIN { print 0.05 / r }')" \
        "$work/at16.wav" "$1"
}

# mix NAME SNR_DB: $work/speech.wav + $work/noise.wav, as a pair of files; the
# noise is cut to the length of the speech.
mix()
{
    local seconds

    seconds=$(soxi -D "$work/speech.wav")
    quiet_sox "$work/noise.wav" "$work/cut.wav" trim 0 "$seconds"

    local gain
    gain=$(awk -v s="$(rms "$work/speech.wav")" -v n="$(rms "$work/cut.wav")" \
        -v db="$2" 'BEGIN { print s / n / 10 ^ (db / 20) }')

    quiet_sox "$work/speech.wav" -b 16 -e signed "$folder/clean/$1.wav"
    quiet_sox -m -v 1 "$work/speech.wav" -v "$gain" "$work/cut.wav" \
        -b 16 -e signed "$folder/noisy/$1.wav"
}

# The blades' hum with its harmonics, and the rush of air.
make_fan()
{
    quiet_sox -n -r "$1" -c "$2" -e float -b 32 "$work/hum.wav" \
        synth 8 sine 93 synth 8 sine mix 186 synth 8 sine mix 279 \
        synth 8 sine mix 465 tremolo 1.3 25 gain -12
    quiet_sox -n -r "$1" -c "$2" -e float -b 32 "$work/air.wav" \
        synth 8 brownnoise synth 8 pinknoise mix lowpass 1800
    quiet_sox -m -v 0.8 "$work/hum.wav" -v 0.6 "$work/air.wav" "$work/noise.wav"
}

# Six people talking at once, none of them to the listener.
make_babble()
{
    local text='The committee met again on Thursday to discuss the new bridge,
        and although nobody expected an agreement, the engineers brought their
        drawings, the mayor brought coffee, and the meeting went on until the
        lights of the town had gone out one after the other.'
    local voices='espeak:en-us+m3 espeak:en-gb+f2 espeak:en-us+f4 espeak:en-gb+m7
        kal16 awb'
    local number=0 voice

    for voice in $voices; do
        number=$((number + 1))
        speak "$work/long.wav" "$voice" "$text"
        # Everybody is at another word of the text.
        quiet_sox "$work/long.wav" "$work/voice$number.wav" \
            trim $((number / 2)).$((number * 37 % 100)) 7
    done
    quiet_sox -m "$work"/voice[1-6].wav -e float -b 32 "$work/noise.wav" gain -3
}

speak "$work/speech.wav" slt \
    'The small boat crossed the river before the rain began to fall.'
make_babble
mix slt_babble_5dB 5

speak "$work/speech.wav" rms \
    'Please leave the parcel at the side door, next to the green bench.'
make_fan 16000 1
mix rms_fan_0dB 0

speak "$work/speech.wav" awb \
    'Seven hungry children waited in the kitchen for a slice of warm bread.'
quiet_sox -n -r 16000 -e float -b 32 "$work/noise.wav" synth 8 pinknoise gain -6
mix awb_pink_3dB 3

speak "$work/speech.wav" espeak:en-us+f3 \
    'It takes about forty minutes to walk from the station to the lake.'
quiet_sox -n -r 16000 -e float -b 32 "$work/noise.wav" \
    synth 8 whitenoise tremolo 0.7 60 bandpass 1200 900 gain -6
mix espeak_gusts_10dB 10

# Stereo at 48 kHz: the speaker stands to the left, the fan fills the room.
speak "$work/mono.wav" slt 'Could you turn that fan down a little, please?'
make_fan 48000 2
quiet_sox -M -v 1.2 "$work/mono.wav" -v 0.6 "$work/mono.wav" -r 48000 \
    "$work/stereo.wav"
quiet_sox -m -v 1 "$work/stereo.wav" -v 0.12 "$work/noise.wav" \
    -b 16 -e signed "$folder/stereo_48k.flac" trim 0 "$(soxi -D "$work/stereo.wav")"
