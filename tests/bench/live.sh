#!/bin/bash
# live.sh - a minute of se-enhance --live on devices without hardware: latency,
# load and drop-outs. Goal: under 1 % of a core for the frames, none dropped.
set -euo pipefail

scratch=$(mktemp -d "${TMPDIR:-/tmp}/nnse-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
. "$SRC/tests/alsa/lib.sh"

sox -D "$SRC"/test_wavs/noisy/*.wav -r 16000 -c 1 -b 16 -e signed -t raw \
    sound.s16 repeat 30 trim 0 60
microphone mic sound.s16
clock speaker
for engine in float fixed; do
    echo "$engine:"
    "$BIN/se-enhance" --live --engine "$engine" -D mic -O speaker -d 60 2>&1 |
        sed 's/^se-enhance: /    /'
done
