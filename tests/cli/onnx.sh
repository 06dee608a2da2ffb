# se-convert --onnx: graphs that python3-onnx accepts and that give, frame after
# frame with the state carried, the masks of our float engine.
. "$SRC/tests/cli/lib.sh"
need sox
for module in onnx numpy; do
    "$python" -c "import $module" 2>/dev/null ||
        fail "$python has no $module: scripts/setup.sh test"
done
# A library with sanitizers wants them in the program.
library=$(dirname "$BIN")/libnnse.so.1
! nm "$(dirname "$BIN")/lib/nnse.o" | grep -q __ubsan || library=

convert=$BIN/se-convert
sox "$SRC/test_wavs/noisy/rms_fan_0dB.wav" -t raw -e signed -b 16 noisy.raw

# ---- nets ----------------------------------------------------------------------
# masks CHECKPOINT: converts it to net.onnx and compares.
masks()
{
    expect 0 "$convert" --model "$1" --onnx net.onnx
    expect_line '^se-convert: net.onnx, net_sound.onnx: written$'
    [ ! -s stdout ] || fail "prints $(cat stdout)"
    [ -n "$library" ] || return 0
    "$python" "$SRC/tests/python/onnx_masks.py" "$library" "$1" noisy.raw \
        net.onnx net_sound.onnx >compared 2>&1 ||
        fail "$1: $(cat compared)"
}

for net in se_nn_arch72_mel se_nn_arch256_pspec_mse; do
    masks "$SRC/models/$(sed -n "s|.*  \($net/\)|\1|p" "$SRC/models/shipped.txt")"
done

# All types of layer and activation, and an output beyond 0..1.
cat >def_layers.txt <<'END'
input_neurons 40
layer_type fc
layer_neurons 24
activation linear
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

# ---- what else is there --------------------------------------------------------
mkdir tables
expect 0 "$convert" -q --onnx small --net_id 5 --folder_c tables
[ -s tables/def_nn5_se.c ] || fail 'no tables, though --net_id was given'
[ -s small ] && [ -s small_sound.onnx ] || fail 'a name without .onnx'
expect 0 "$convert" -q --onnx again.onnx
cmp small again.onnx || fail 'not the same bytes twice'
[ ! -e def_nn3_se.c ] || fail 'tables that nobody asked for'

# ---- what cannot be ------------------------------------------------------------
sed 's/strides 1/strides 2/' def_layers.txt >def_strides.txt
trained strides
expect 1 "$convert" --nn_arch def_strides.txt --onnx none.onnx
expect_line 'strides of 4 frames, expected 1 for ONNX'
sed -e 's/layer_neurons 257/layer_neurons 771/' def_layers.txt >def_filters.txt
printf 'len_filter 3\nlen_lookahead 1\n' >>def_filters.txt
trained filters
expect 1 "$convert" --nn_arch def_filters.txt --onnx none.onnx
expect_line 'filters over 3 frames, expected a mask for ONNX'
expect 1 "$convert" --onnx no/where/none.onnx
expect_line '^se-convert: no/where/none.onnx: '
no_files 'none*'
