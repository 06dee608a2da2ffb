# export.sh - what the tests of --onnx and --tflite share: nets, and a sound on
# which to compare masks.

need sox
convert=$BIN/se-convert
sox "$SRC/test_wavs/noisy/rms_fan_0dB.wav" -t raw -e signed -b 16 noisy.raw

# A library with sanitizers wants them in the program that loads it: then there
# is none to compare with.
library=$(dirname "$BIN")/libnnse.so.1
! nm "$(dirname "$BIN")/lib/nnse.o" | grep -q __ubsan || library=

# need_modules NAME...: of Python.
need_modules()
{
    for module; do
        "$python" -c "import $module" >/dev/null 2>&1 ||
            fail "$python has no $module: scripts/setup.sh test"
    done
}

# shipped NET: its checkpoint.
shipped()
{
    echo "$SRC/models/$(sed -n "s|.*  \($1/\)|\1|p" "$SRC/models/shipped.txt")"
}

# trained NAME: a checkpoint of the net def_NAME.txt after hardly any training.
trained()
{
    expect 0 "$BIN/se-train" -q --nn_arch "def_$1.txt" --num_epoch 1 \
        --speech "$SRC/test_wavs/clean" --noise "$SRC/test_wavs/noisy" \
        --seconds 1 --epoch_hours 0.001 --timesteps 40 --learning_rate 0.02 \
        --models_dir models
}

# All types of layer and activation, and an output beyond 0..1.
cat >def_layers.txt <<'END'
input_neurons 40
layer_type conv1d
num_filters 24
kernel_size 4
strides 1
activation linear
layer_type fc
layer_neurons 24
activation tanh
layer_type conv1d
num_filters 20
kernel_size 3
strides 1
activation relu6
layer_type conv1d
num_filters 16
kernel_size 1
strides 1
activation sigmoid
layer_type lstm
layer_neurons 12
activation tanh
layer_type lstm
layer_neurons 18
activation tanh
layer_type fc
layer_neurons 257
activation relu6
scalar_output 0.7
END
{ cat def_layers.txt && echo 'len_lookahead 2'; } >def_ahead.txt
