#!/bin/bash
# compare-losses.sh - trains the small net with one loss after the other on the
# same mixtures, and scores each net on the dev pairs.
#
#   scripts/compare-losses.sh CORPUS FOLDER [LOSS...]
#
# CORPUS holds train/speech, train/noise and dev/pairs. FOLDER keeps the nets
# and losses.csv, a row a loss; a loss that has its row is done, so that the
# same command goes on after a stop. Without LOSS: the list below.
# HOURS of mixtures (10) in EPOCHS (4), from SEED (1).
set -euo pipefail

[ $# -ge 2 ] || {
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
bin=${BIN:-$(dirname "$0")/../build/bin}
corpus=$1
folder=$2
shift 2
hours=${HOURS:-10} epochs=${EPOCHS:-4} seed=${SEED:-1}
nn_arch=${NN_ARCH:-def_se_nn_arch72_mel.txt}

# Parts first, then sums of them. What knows no level comes alone and with a
# partner that does.
losses=(
    mse magmse magmae magcomp logmse lsd is kl binsdr magsdr
    cmse cmae rimae psa sdw ccomp blend
    sdr tsdr wsdr
    magcorr corr coherence sisdr tsisdr estoi:bands=15
    corr+mse sisdr+mse estoi:bands=15+mse sdr:span=3
    mse:exponent=0.7+0.015*sdr
    mse:exponent=0.7+0.015*sdr+0.3*asym
    mse:exponent=0.7+0.015*sisdr
    blend+0.3*asym
    blend:c=0.6
    blend+0.015*sdr
    magmae+cmae
    kl+0.02*tsisdr
    kl+0.02*tsisdr+0.03*sdr:span=3+0.8*estoi:bands=15
)
[ $# -eq 0 ] || losses=("$@")

csv=$folder/losses.csv
mkdir -p "$folder"
[ -e "$csv" ] || echo "loss,stoi,estoi,si_sdr_db,seg_snr_db,lsd_db,\
speech_lost,valid_loss,frames_per_second,seconds,hours,seed" >"$csv"

# field NAME: the last one of that name in a history on stdin.
field()
{
    sed -n "s/.*\"$1\":\([-+.e0-9]*\).*/\1/p" | tail -n 1
}

# train OPTION...: what all runs have in common.
train()
{
    "$bin/se-train" -q --nn_arch "$nn_arch" --noise "$corpus/train/noise" \
        --valid_pairs "$corpus/dev/pairs" --timesteps 50 --dropprob 0 \
        --seed "$seed" --threads 1 "$@"
}

# judge FOLDER CHECKPOINT LOSS: that loss of a finished net on the dev pairs,
# by way of an epoch of one mixture that moves nothing.
judge()
{
    train --speech "$corpus/train/speech/ljspeech" --init "$2" --loss "$3" \
        --freeze 1 --learning_rate 1e-12 --epoch_hours 0.003 --num_epoch 1 \
        --batchsize 1 --models_dir "$1/judged" --overwrite
    printf %.5f "$(field valid_loss <"$(echo "$1"/judged/*/history.jsonl)")"
}

# compare LOSS: trains, scores, and adds the row.
compare()
{
    local name run history checkpoint means lsd lost valid speed
    local resume=random
    name=$seed-$(printf '%s' "$1" | tr -c 'a-zA-Z0-9.\n' '_')
    run=$folder/$name

    [ ! -e "$(echo "$run"/model/*/state.safetensors)" ] || resume=latest
    train --speech "$corpus/train/speech" --loss "$1" --batchsize 32 \
        --epoch_hours "$(awk "BEGIN { print $hours / $epochs }")" \
        --num_epoch "$epochs" --models_dir "$run/model" \
        --epoch_loaded $resume
    history=$(echo "$run"/model/*/history.jsonl)
    checkpoint=$(echo "$run"/model/*/"$(printf epoch_%04d "$epochs")"*)

    rm -rf "$run/enhanced"
    "$bin/se-enhance" -q --model "$checkpoint" -o "$run/enhanced" \
        "$corpus"/dev/pairs/noisy/*
    means=$("$bin/se-eval" -q --csv --threads 1 -c "$corpus/dev/pairs/clean" \
        -e "$run/enhanced" | tail -n 1 | cut -d, -f2-5)
    rm -rf "$run/enhanced"
    lsd=$(judge "$run" "$checkpoint" lsd)
    lost=$(judge "$run" "$checkpoint" asym)
    valid=$(printf %.5f "$(field valid_loss <"$history")")
    speed=$(sed 's/.*"frames":\([0-9]*\).*"seconds":\([.0-9]*\).*/\1 \2/' \
        "$history" |
        awk '{ n += $1; s += $2 } END { printf "%.0f,%.1f", n / s, s }')
    echo "${1//,/;},$means,$lsd,$lost,$valid,$speed,$hours,$seed" >>"$csv"
}

# A field cannot hold a comma: the table says blend:c=0.5;alpha=1.
for loss in "${losses[@]}"; do
    awk -F, -v loss="${loss//,/;}" -v run="$hours,$seed" '
        $1 == loss && $(NF - 1) "," $NF == run { found = 1 }
        END { exit !found }' "$csv" || compare "$loss"
    tail -n 1 "$csv"
done
