#!/bin/bash
# shards.sh - se-features from sound to TFRecords, spectra and gzip as by
# default: seconds of audio a second on one thread and on two, in turns, the
# best of ROUNDS (3) counts; and memory with 10 and with 1,000 files. Goals: 400
# a second on one core, two 1.8 times that, memory the same within a tenth.
set -u

rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-1000}
python=${PYTHON:-/usr/bin/python3}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/nnse-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

# make SPEECH THREADS NUMBER OPTIONS...: wall and processor seconds, megabytes
make()
{
    local speech=$1 threads=$2 number=$3
    shift 3
    rm -rf "$scratch/set"
    "$python" - "$BIN/se-features" -q -s "$speech" \
        -n "$SRC/test_wavs/noisy" -o "$scratch/set" -j "$threads" \
        --num "$number" "$@" <<'END'
import resource, subprocess, sys, time
start = time.monotonic()
subprocess.run(sys.argv[1:], check=True)
wall = time.monotonic() - start
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print("%.3f %.3f %.1f" % (wall, use.ru_utime + use.ru_stime,
                          use.ru_maxrss / 1024))
END
}

# least OLD NEW: the smaller of two, OLD may be empty
least()
{
    echo "$2 ${1:-$2}" | awk '{ print ($1 < $2) ? $1 : $2 }'
}

number=$((seconds / 25))
declare -A wall cpu
for ((i = 0; i < rounds; i++)); do
    for kind in 'pspec 1' 'pspec 2' 'pcm 1'; do
        read -r format threads <<<"$kind"
        result=$(make "$SRC/test_wavs/clean" "$threads" "$number" \
            --format "$format") || { echo 'se-features failed'; exit 1; }
        read -r w c m <<<"$result"
        wall[$kind]=$(least "${wall[$kind]:-}" "$w")
        cpu[$kind]=$(least "${cpu[$kind]:-}" "$c")
    done
done
echo "mixtures of 25 s to TFRecords with gzip, best of $rounds rounds"
for kind in 'pspec 1' 'pspec 2' 'pcm 1'; do
    echo "$kind $((number * 25)) ${wall[$kind]} ${cpu[$kind]}" |
        awk '{ printf "%-5s  %d thread%s  %5.0f s/s   %5.0f s for each second of processor time\n",
               $1, $2, ($2 > 1 ? "s" : " "), $3 / $4, $3 / $5 }'
done
echo "${wall[pspec 1]} ${wall[pspec 2]}" |
    awk '{ printf "two threads are %.2f times as fast as one\n", $1 / $2 }'

clips=("$SRC"/test_wavs/clean/*.wav)
for n in 10 1000; do
    mkdir "$scratch/$n"
    for ((i = 0; i < n; i++)); do
        cp "${clips[i % ${#clips[@]}]}" "$scratch/$n/$i.wav"
    done
    read -r w c m <<<"$(make "$scratch/$n" 1 20)"
    echo "$n files of speech: $m MB"
done
