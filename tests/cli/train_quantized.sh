# Training for 8-bit weights, from a float checkpoint to C tables; and those
# tables through a second implementation of the runtime.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips 110
cat >nn_arch/def_all.txt <<'END'
input_neurons 21
layer_type conv1d
num_filters 7
kernel_size 3
activation tanh
layer_type lstm
layer_neurons 5
layer_type fc
layer_neurons 6
activation linear
layer_type conv1d
num_filters 9
kernel_size 2
strides 2
activation relu6
layer_type fc
layer_neurons 257
activation sigmoid
END

train()
{
    "$BIN/se-train" -q --nn_arch def_all.txt --speech speech --noise noise \
        --seconds 0.5 --epoch_hours 0.02 --babble 0 --batchsize 4 \
        --timesteps 10 --threads 2 "$@"
}

convert()
{
    "$BIN/se-convert" --nn_arch def_all.txt --net_id 5 --net_name all "$@"
}

# ---- training ----------------------------------------------------------------
expect 0 train --num_epoch 1
expect 0 train --num_epoch 2 --quantized --epoch_loaded 1 --schedule constant
expect 0 convert -q --epoch_loaded 2 --folder_c tables
expect 0 convert --epoch_loaded 1 --wav speech/1.wav --folder_c float
cp stdout float.txt
expect 0 convert --epoch_loaded 2 --wav speech/1.wav --folder_c tables
cp stdout rounded.txt

# What is rounded in training loses nothing in the tables; a float net does.
mask_db()
{
    sed -n 's/.*mask \([0-9.]*\) dB.*/\1/p' "$1"
}
awk "BEGIN { exit !($(mask_db rounded.txt) > $(mask_db float.txt) + 6) }" ||
    fail "mask: $(mask_db rounded.txt) dB, float $(mask_db float.txt) dB"

# A run of rounded weights does not go on as one of float weights.
expect 1 train --num_epoch 3 --quantized=False --epoch_loaded latest
expect_line "loss .*rounded weights: mse"

# ---- the specification -------------------------------------------------------
need "$python"
reference()
{
    "$python" "$SRC/tests/golden/nnsp_reference.py" tables/def_nn5_all.c \
        tables/golden_nn5_all.h
}

# Speech in noise, then as loud as it can be.
sox -R -m speech/1.wav noise/1.wav -b 16 mixed.wav
sox -R mixed.wav -b 16 loud.wav gain 60 2>/dev/null
for sound in mixed loud; do
    expect 0 convert -q --epoch_loaded 2 --folder_c tables \
        --golden $sound.wav --golden_frames 40
    expect 0 reference
done

# It notices a difference of one unit.
sed 's/\.mask_gain = 4096/.mask_gain = 4095/' tables/def_nn5_all.c >changed.c
mv changed.c tables/def_nn5_all.c
expect 1 reference
expect_line '^frame [0-9]+: mask\[[0-9]+\] is '
