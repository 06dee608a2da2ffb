# se-convert --tflite: models that Arm NN reads and that give, frame after frame
# with the state carried, the masks of our float engine.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/export.sh"
need_modules numpy onnx pyarmnn
export PYTHONDONTWRITEBYTECODE=1

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
    masks "$(shipped $net)"
done

trained layers
masks models/layers/epoch_0001.safetensors
cp net.tflite first.tflite
masks models/layers/epoch_0001.safetensors
cmp net.tflite first.tflite || fail 'not the same bytes twice'
trained ahead
masks models/ahead/epoch_0001.safetensors

# ---- what cannot be ------------------------------------------------------------
sed 's/strides 1/strides 2/' def_layers.txt >def_strides.txt
trained strides
expect 1 "$convert" --nn_arch def_strides.txt --tflite none.tflite
expect_line 'strides of 8 frames, expected 1 for TensorFlow Lite'
expect 1 "$convert" --tflite no/where/none.tflite
expect_line '^se-convert: no/where/none.tflite: '
expect 2 "$convert" --tflite net.x --onnx net.x
no_files 'none*'
