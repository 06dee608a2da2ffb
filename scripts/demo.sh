#!/bin/bash
# demo.sh - enhances the noisy clips of test_wavs/ with the shipped net, and scores
# them before and after.
#
#   BIN=build/bin SRC=. scripts/demo.sh FOLDER     (where the results go)
set -euo pipefail

folder=$1
clips=$SRC/test_wavs

mkdir -p "$folder"
"$BIN/se-enhance" --nn_arch shipped:def_se_nn_arch72_mel.txt -q -o "$folder" \
    "$clips"/noisy/*.wav

printf '\nBefore\n'
"$BIN/se-eval" --clean "$clips/clean" --enhanced "$clips/noisy"
printf '\nAfter\n'
"$BIN/se-eval" --clean "$clips/clean" --enhanced "$folder"
printf '\nListen to  %s\nand then   %s\n' "$clips/noisy/rms_fan_0dB.wav" \
    "$(realpath "$folder")/rms_fan_0dB.wav"
