#!/bin/bash
# train-nets.sh - trains a net that is shipped from fresh weights, step by step.
#
#   scripts/train-nets.sh small|middle|large|ahead|dereverb [OPTION...]
#
# The steps are the rows of $RECIPES (models/recipes.csv), and each begins with
# those that it needs: the ones whose weights or masks it goes on from or learns
# from. The recordings are those of $CORPUS (../shared/corpus): train/manifest.csv
# with speech and noise by kind and speaker, dev/pairs and dev/reverb_pairs to
# validate on. It takes hours to days; the same command goes on where it was
# interrupted. OPTIONs are added to those of se-train (--precision bfloat16).
# Recordings that cannot be read are left out, and the exit status is then 1.
# Steps go to folders of $MODELS (build/nets), and history.jsonl there tells of
# all of them: models of the tree are replaced by hand, once the scores say so.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
recipes=${RECIPES:-$root/models/recipes.csv}
corpus=${CORPUS:-$root/../shared/corpus}
models=${MODELS:-$root/build/nets}
bin=${BIN:-$root/build/bin}
ended=0 # with this status, as se-train does

# Noise by kind and speech by speaker, no recording twice alike, other voices
# and places made up.
mixing=(--speech "$corpus/train/manifest.csv"
    --noise "$corpus/train/manifest.csv" --draw kind,speaker --vary 0.6
    --babble 0.25 --talker 0.1 --synthetic 0.25 --synthetic_kinds all
    --second_noise 0.25 --speed 0.5 --colour 0.5 --lowpass 0.1 --noise_gain 3
    --reverb_noise 0.5 --snr -6,-3,0,3,6,9,12,15,20)
# Rooms on a part of the mixtures, or on most for a net that removes them.
dry=(--reverb 0.2 --rt60 0.1:0.6 --valid_pairs "$corpus/dev/pairs")
rooms=(--reverb 0.8 --rt60 0.2:1 --target early:50
    --valid_pairs "$corpus/dev/reverb_pairs")
training=(--epoch_hours 20 --batchsize 32 --timesteps 100 --dropprob 0
    --average 0.999)

# row STEP: its row of the recipes, without the name.
row()
{
    sed -n "s/^$1,//p" "$recipes"
}

# result STEP: the checkpoint that it ends with.
result()
{
    local net epochs

    IFS=, read -r net _ _ epochs _ < <(row "$1")
    if [ -n "$epochs" ]; then
        printf '%s/%s/%s/epoch_%04d.safetensors\n' "$models" "$1" "$net" "$epochs"
    else
        printf '%s/%s/mean.safetensors\n' "$models" "$1"
    fi
}

# laughter: writes laughter.csv, the manifest of the recordings with laughter as
# speech. Each clip is six speakers, who are as likely as others: a tenth of all.
laughter()
{
    mkdir -p "$models"
    awk -v FS=, -v OFS=, -v folder="$corpus/train/" '
        NR > 1 && $1 !~ "^/" { $1 = folder $1 }
        $2 != "noise:laughing" { print; next }
        {
            $2 = "speech"
            for (i = 0; i < 6; i++) {
                $4 = "laughter" ++n
                print
            }
        }' "$corpus/train/manifest.csv" >"$models/laughter.csv.part"
    mv "$models/laughter.csv.part" "$models/laughter.csv"
}

# mean STEP SHARE:STEP...: the weights of several, averaged.
mean()
{
    local out shares=() share

    out=$(result "$1")
    shift
    for share; do
        shares+=("${share%%:*}:$(result "${share#*:}")")
    done
    mkdir -p "$(dirname "$out")"
    "$root/scripts/average-nets.py" "$out" "${shares[@]}"
}

# history: that of all steps that have ended, in the recipes' order.
history()
{
    local step net own

    while IFS=, read -r step net _; do
        own=$models/$step/$net/history.jsonl
        if [ -e "$own" ] && [ -e "$(result "$step")" ]; then
            sed "s/^{/{\"step\":\"$step\",/" "$own"
        fi
    done <"$recipes" >"$models/history.jsonl.part"
    mv "$models/history.jsonl.part" "$models/history.jsonl"
}

# train STEP [OPTION...]: one run of se-train, or the rest of it.
train()
{
    local step=$1 net from teacher epochs rate seed options loss
    local folder start=() place=("${dry[@]}")

    shift
    IFS=, read -r net from teacher epochs rate seed options loss < <(row "$step")
    folder=$models/$step
    [ -z "$from" ] || start+=(--init "$(result "$from")")
    [ -z "$teacher" ] || start+=(--teacher "$(result "$teacher")" --teacher_share 0.5)
    [ ! -e "$folder/$net/state.safetensors" ] || start+=(--epoch_loaded latest)
    [[ $net != *_reverb ]] || place=("${rooms[@]}")
    if [[ $options == *laughter.csv* ]]; then
        laughter
        options=${options//laughter.csv/$models/laughter.csv}
    fi
    # shellcheck disable=SC2086 # options are words
    "$bin/se-train" --nn_arch "$root/nn_arch/def_$net.txt" "${start[@]}" "${mixing[@]}" \
        "${place[@]}" --loss "$loss" "${training[@]}" --num_epoch "$epochs" \
        --learning_rate "$rate" --seed "$seed" --models_dir "$folder" $options "$@" ||
        ended=$?
    [ "$ended" -le 1 ] && [ -e "$(result "$step")" ] || exit "$ended" # --dry_run
    history
}

# step NAME [OPTION...]: it, and before it what it needs; done is done.
step()
{
    local name=$1 from teacher epochs needed

    shift
    [ ! -e "$(result "$name")" ] || return 0
    IFS=, read -r _ from teacher epochs _ < <(row "$name")
    for needed in $from $teacher; do
        step "${needed#*:}" "$@"
    done
    echo "train-nets.sh: $name" >&2
    if [ -n "$epochs" ]; then
        train "$name" "$@"
    else
        # shellcheck disable=SC2086 # shares are words
        mean "$name" $from
    fi
}

nets=$(sed -n '2,$s/^\([^-,]*\),.*/\1/p' "$recipes" | paste -sd '|')
[ $# -gt 0 ] || {
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
[[ "|$nets|" == *"|$1|"* ]] || {
    echo "train-nets.sh: '$1': expected one of ${nets//|/, }" >&2
    exit 2
}
step "$@"
history
result "$1"
exit "$ended"
