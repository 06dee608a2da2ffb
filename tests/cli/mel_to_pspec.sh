# scripts/mel-to-pspec.py: a net of bins that does nearly what the one of bands
# does, and refusals of nets that do not fit.
. "$SRC/tests/cli/lib.sh"
need sox

spread=$SRC/scripts/mel-to-pspec.py
mel=$(echo "$SRC"/models/se_nn_arch256_mel/epoch_*)
pspec=$(echo "$SRC"/models/se_nn_arch256_pspec_mse/epoch_*)
small=$(echo "$SRC"/models/se_nn_arch72_mel/epoch_*)
noisy=$(ls "$SRC"/test_wavs/noisy/*.wav | head -n 1)

expect 0 "$spread" bins.safetensors "$mel" "$pspec"
expect 0 "$BIN/se-enhance" -q --model "$mel" "$noisy" bands.wav
expect 0 "$BIN/se-enhance" -q --model bins.safetensors "$noisy" bins.wav
rms() { sox "$@" -n stat 2>&1 | sed -n 's/^RMS  *amplitude: *//p'; }
whole=$(rms bands.wav)
other=$(rms -m -v 1 bands.wav -v -1 bins.wav)
awk "BEGIN { exit !($other < 0.2 * $whole) }" ||
    fail "what differs is $other of $whole"

expect 1 "$spread" bad.safetensors "$pspec" "$mel"
expect_line "$pspec: a net of pspec features, expected mel"
expect 1 "$spread" bad.safetensors "$small" "$pspec"
expect_line "$small: layers.*: another shape than in $pspec"
no_files 'bad.safetensors*'
