# filters.sh - a net that filters over frames (len_filter, len_lookahead), from
# training to the sound and to C tables.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips 110 -12
cat >nn_arch/def_taps.txt <<'END'
input_neurons 24
layer_type conv1d
num_filters 12
kernel_size 3
activation tanh
layer_type lstm
layer_neurons 10
layer_type fc
layer_neurons 771
activation tanh
len_filter 3
len_lookahead 1
END

train()
{
    "$BIN/se-train" -q --nn_arch def_taps.txt --speech speech --noise noise \
        --seconds 0.5 --epoch_hours 0.02 --babble 0 --batchsize 4 \
        --timesteps 10 --threads 2 --learning_rate 5e-3 "$@"
}

# ---- training ----------------------------------------------------------------
for loss in mse '0.5*cmae+sisdr'; do
    rm -rf models
    expect 0 train --num_epoch 4 --loss "$loss"
    sed 's/.*"valid_loss": *\([-0-9.e]*\).*/\1/' models/taps/history.jsonl >losses
    [ "$(wc -l <losses)" -eq 4 ] || fail "history: $(cat models/taps/*.jsonl)"
    awk 'NR == 1 { first = $1 } END { exit !($1 < first) }' losses ||
        fail "$loss is not learned: $(tr '\n' ' ' <losses)"
done
expect 0 train --num_epoch 5 --epoch_loaded latest --loss '0.5*cmae+sisdr'

# ---- enhancing ---------------------------------------------------------------
# score CLEAN ENHANCED: its line of figures, to ./score
score()
{
    expect 0 "$BIN/se-eval" --csv --clean "$1" --enhanced "$2"
    sed -n 2p stdout >score
}

# Lengths stay, and so do places, at other rates and in stereo, too.
sox -R -m speech/1.wav noise/1.wav -b 16 mixed.wav trim 0 25777s
sox -R mixed.wav -r 44100 -c 2 stereo.wav
for engine in float fixed; do
    for sound in mixed stereo; do
        expect 0 "$BIN/se-enhance" -q --nn_arch def_taps.txt --engine $engine \
            $sound.wav $engine-$sound.wav
        [ "$(soxi -s $engine-$sound.wav)" -eq "$(soxi -s $sound.wav)" ] ||
            fail "$engine, $sound: $(soxi -s $engine-$sound.wav) samples"
        score $sound.wav $engine-$sound.wav
        grep -q ',0$' score || fail "$engine, $sound: $(cat score)"
    done
done
cmp -s mixed.wav float-mixed.wav && fail 'nothing was taken away'

# A pipe, whose samples come in blocks of 10 ms.
"$BIN/se-enhance" -q --nn_arch def_taps.txt - - <mixed.wav >piped.wav
sox piped.wav -t s16 piped.raw 2>stderr
sox float-mixed.wav -t s16 whole.raw
cmp piped.raw whole.raw || fail 'a pipe gives another sound'

# Both engines say nearly the same.
score float-mixed.wav fixed-mixed.wav
awk -F, '{ exit !($4 > 25) }' score || fail "fixed: $(cat score)"

# ---- tables ------------------------------------------------------------------
expect 0 "$BIN/se-convert" -q --nn_arch def_taps.txt --net_id 6 \
    --net_name taps --folder_c tables --golden mixed.wav --golden_frames 40
grep -q 'NNSP_TAPS_BYTES(3, 1)' tables/def_nn6_taps.h || fail 'memory'
${CC:-cc} -I"$SRC/lib" -Itables -c -o taps.o tables/def_nn6_taps.c ||
    fail 'the tables do not compile'
need "$python"
expect 0 "$python" "$SRC/tests/golden/nnsp_reference.py" tables/def_nn6_taps.c \
    tables/golden_nn6_taps.h
