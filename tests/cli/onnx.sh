# se-convert --onnx: graphs that python3-onnx accepts and that give, frame after
# frame with the state carried, the masks of our float engine.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/export.sh"
need_modules onnx numpy

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
    masks "$(shipped $net)"
done

trained layers
masks models/layers/epoch_0001.safetensors
trained ahead
masks models/ahead/epoch_0001.safetensors

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
expect_line 'strides of 8 frames, expected 1 for ONNX'
sed -e 's/layer_neurons 257/layer_neurons 771/' def_layers.txt >def_filters.txt
printf 'len_filter 3\nlen_lookahead 1\n' >>def_filters.txt
trained filters
expect 1 "$convert" --nn_arch def_filters.txt --onnx none.onnx
expect_line 'filters over 3 frames, expected a mask for ONNX'
expect 1 "$convert" --model "$(shipped se_nn_arch256_mel)" --onnx none.onnx --net_id 4
expect_line 'a frame takes .* at 96 MHz'
expect 1 "$convert" --onnx no/where/none.onnx
expect_line '^se-convert: no/where/none.onnx: '
no_files 'none*'
