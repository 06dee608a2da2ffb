#!/bin/bash
# enhance.sh - se-enhance with the small net: seconds of sound a second on one
# thread over ten minutes, best of ROUNDS (5), and the peak of memory for ten
# seconds and for ten minutes. Goals: 500 times real time, under 30 MB.
set -eu

rounds=${ROUNDS:-5}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/nnse-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

"$BENCH/enhance" model "$SRC/nn_arch/def_se_nn_arch72_mel.txt" net.safetensors
"$BENCH/enhance" noise 10 10.wav
"$BENCH/enhance" noise 600 600.wav

best=0
for ((round = 0; round < rounds; round++)); do
    start=$(date +%s.%N)
    "$BIN/se-enhance" -q --model net.safetensors 600.wav out.wav
    best=$(awk -v start="$start" -v end="$(date +%s.%N)" -v best="$best" \
        'BEGIN { x = 600 / (end - start); print (x > best ? x : best) }')
done
echo "ten minutes of noise, 16 kHz, one thread, best of $rounds rounds"
echo "$best" | awk '{ printf "%.0f times real time (%.1f us a frame)\n",
                             $1, 1e4 / $1 }'

if [ ! -x /usr/bin/time ]; then
    echo "memory   skipped: /usr/bin/time is not installed"
    exit 0
fi
for seconds in 10 600; do
    /usr/bin/time -o memory -f %M \
        "$BIN/se-enhance" -q --model net.safetensors $seconds.wav out.wav
    awk -v s=$seconds '{ printf "%3d s of sound: peak of %.1f MB\n",
                                s, $1 / 1000 }' memory
done
