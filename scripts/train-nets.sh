#!/bin/bash
# train-nets.sh - trains a net that is shipped, from fresh weights; the one that
# looks ahead goes on from the large one, and the one for rooms from that.
#
#   scripts/train-nets.sh small|middle|large|ahead|dereverb [OPTION...]
#
# The recordings are those of $CORPUS (../shared/corpus): train/manifest.csv
# with speech and noise by kind and speaker, dev/pairs and dev/reverb_pairs to
# validate on. It takes hours to days; the same command goes on where it was
# interrupted, and one history tells all of it. OPTIONs are added to those of
# se-train (--threads 1). The net goes to $MODELS (build/nets): models of the
# tree are replaced by hand, once the scores say so.
set -euo pipefail

cd "$(dirname "$0")/.."
corpus=${CORPUS:-../shared/corpus}
models=${MODELS:-build/nets}
bin=${BIN:-build/bin}

[ $# -gt 0 ] || {
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
net=$1
shift

# Noise by kind and speech by speaker, no recording twice alike, other voices,
# places and devices made up; rooms on a part of all.
mixing=(--draw kind,speaker --vary 0.6 --babble 0.15 --talker 0.1
    --synthetic 0.25 --synthetic_kinds all --second_noise 0.25 --speed 0.5
    --colour 0.5 --lowpass 0.1 --noise_gain 3 --reverb_noise 0.5
    --snr -6,-3,0,3,6,9,12,15,20)
pairs=$corpus/dev/pairs
room=(--reverb 0.2 --rt60 0.1:0.6)
# Magnitudes and levels for SI-SDR, bands for ESTOI, an ear for PESQ.
loss='kl+0.03*tsisdr+0.01*sdr:span=3+1.6*estoi+1*blend:c=0.3+0.3*pmsqe:form=f'
from=()

case $net in
small) arch=def_se_nn_arch72_mel.txt hours=6000 rate=0.0015 seed=7 ;;
middle) arch=def_se_nn_arch128_mel.txt hours=4000 rate=0.0012 seed=8 ;;
large) arch=def_se_nn_arch256_mel.txt hours=3000 rate=0.001 seed=9 ;;
ahead)
    arch=def_se_nn_arch256_mel_ahead.txt hours=1000 rate=0.0007 seed=9
    from=(--init "$models/se_nn_arch256_mel")
    loss='kl+0.03*tsisdr+0.03*sdr:span=3+2.2*estoi+1*blend:c=0.3+0.3*pmsqe:form=f'
    ;;
dereverb)
    arch=def_se_nn_arch256_mel_reverb.txt hours=1000 rate=0.0007 seed=10
    from=(--init "$models/se_nn_arch256_mel_ahead")
    room=(--reverb 0.8 --rt60 0.2:1 --target early:50)
    pairs=$corpus/dev/reverb_pairs
    loss='kl+0.03*tsisdr+0.04*sdr:span=3+2.4*estoi+1*blend:c=0.3+0.27*pmsqe:form=f'
    ;;
*)
    echo "train-nets.sh: '$net': expected small, middle, large, ahead or dereverb" >&2
    exit 2
    ;;
esac

name=${arch#def_}
name=${name%.txt}
[ ! -e "$models/$name/state.safetensors" ] || from=(--epoch_loaded latest)
exec "$bin/se-train" --nn_arch "$arch" "${from[@]}" \
    --speech "$corpus/train/manifest.csv" --noise "$corpus/train/manifest.csv" \
    --valid_pairs "$pairs" "${mixing[@]}" "${room[@]}" --loss "$loss" \
    --epoch_hours 20 --num_epoch $((hours / 20)) --batchsize 32 \
    --timesteps 100 --dropprob 0 --average 0.999 --learning_rate "$rate" \
    --seed "$seed" --models_dir "$models" "$@"
