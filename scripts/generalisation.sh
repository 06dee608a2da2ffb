#!/bin/bash
# generalisation.sh - what nets gain on speakers and kinds of noise that they
# were trained on, and on others, side by side.
#
#   scripts/generalisation.sh MANIFEST FOLDER [CHECKPOINT...]
#
# Nets are trained with --speech MANIFEST:leave_out=0.33 and the same --noise.
# The first call puts N (60) mixtures of LENGTH (6) seconds of each sort into
# FOLDER/noisy and FOLDER/clean, the same ones for the same MANIFEST, SHARE
# (0.33) and SEED (99); FOLDER/pairs.csv has the columns sort (seen, unseen)
# and snr_db. Each mixture has one speaker and one recorded noise, each speaker
# and each kind as likely. Options behind -- go to se-eval.
set -euo pipefail

[ $# -ge 2 ] || {
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
bin=${BIN:-$(dirname "$0")/../build/bin}
manifest=$1
folder=$2
shift 2
share=${SHARE:-0.33} seed=${SEED:-99}

# make SORT CONDITION: mixtures of what the condition selects.
make()
{
    "$bin/se-features" -q --speech "$manifest:$2=$share" \
        --noise "$manifest:$2=$share" --sounds "$folder/$1" --num "${N:-60}" \
        --seconds "${LENGTH:-6}" --seed "$seed" --recipe plain \
        --draw kind,speaker --snr -5,0,5,10,15 --gap_max 0.5
    for part in noisy clean; do
        mkdir -p "$folder/$part"
        for file in "$folder/$1/$part"/*; do
            mv "$file" "$folder/$part/$1-${file##*/}"
        done
    done
    sed "1d; s/^\([0-9]*\),/$1-\1,$1,/" "$folder/$1/pairs.csv" \
        >>"$folder/pairs.csv.part"
    rm -r "${folder:?}/$1"
}

if [ ! -e "$folder/pairs.csv" ]; then
    mkdir -p "$folder"
    echo id,sort,snr_db >"$folder/pairs.csv.part"
    make seen leave_out
    make unseen left_out
    mv "$folder/pairs.csv.part" "$folder/pairs.csv"
fi

nets=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    nets+=(--model "$1")
    shift
done
[ $# -eq 0 ] || shift
"$bin/se-eval" --clean "$folder/clean" --noisy "$folder/noisy" --by sort \
    "${nets[@]}" "$@"
