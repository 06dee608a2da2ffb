# se-convert --tflite: models that Arm NN reads and that give, frame after frame
# with the state carried, the masks of our float engine.
. "$SRC/tests/cli/lib.sh"
need sox
for module in numpy onnx pyarmnn; do
    "$python" -c "import $module" >/dev/null 2>&1 ||
        fail "$python has no $module: scripts/setup.sh test"
done
# A library with sanitizers wants them in the program.
library=$(dirname "$BIN")/libnnse.so.1
! nm "$(dirname "$BIN")/lib/nnse.o" | grep -q __ubsan || library=

convert=$BIN/se-convert
export PYTHONDONTWRITEBYTECODE=1
sox "$SRC/test_wavs/noisy/rms_fan_0dB.wav" -t raw -e signed -b 16 noisy.raw

# masks CHECKPOINT: converts it to net.tflite and compares.
masks()
{
    expect 0 "$convert" --model "$1" --tflite net.tflite
    expect_line '^se-convert: net.tflite: written$'
    [ ! -s stdout ] || fail "prints $(cat stdout)"
    [ "$(head -c 8 net.tflite | tail -c 4)" = TFL3 ] || fail 'no TFL3'
    [ -n "$library" ] || return 0
    "$python" "$SRC/tests/python/tflite_masks.py" "$library" "$1" noisy.raw \
        net.tflite >compared 2>&1 || fail "$1: $(cat compared)"
}

for net in se_nn_arch72_mel se_nn_arch256_pspec_mse; do
    masks "$SRC/models/$(sed -n "s|.*  \($net/\)|\1|p" "$SRC/models/shipped.txt")"
done

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
# trained NAME: a checkpoint of the net def_NAME.txt after hardly any training.
trained()
{
    expect 0 "$BIN/se-train" -q --nn_arch "def_$1.txt" --num_epoch 1 \
        --speech "$SRC/test_wavs/clean" --noise "$SRC/test_wavs/noisy" \
        --seconds 1 --epoch_hours 0.001 --timesteps 40 --learning_rate 0.02 \
        --models_dir models
}
trained layers
masks models/layers/epoch_0001.safetensors
cp net.tflite first.tflite
masks models/layers/epoch_0001.safetensors
cmp net.tflite first.tflite || fail 'not the same bytes twice'

# ---- what cannot be ------------------------------------------------------------
sed 's/strides 1/strides 2/' def_layers.txt >def_strides.txt
trained strides
expect 1 "$convert" --nn_arch def_strides.txt --tflite none.tflite
expect_line 'strides of 8 frames, expected 1 for TensorFlow Lite'
expect 1 "$convert" --tflite no/where/none.tflite
expect_line '^se-convert: no/where/none.tflite: '
expect 2 "$convert" --tflite net.x --onnx net.x
no_files 'none*'
