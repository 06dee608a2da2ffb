# model.sh - nets of one layer with a known answer, for command-line tests:
# one mel band in, the same mask for all 257 bins whatever the sound.

# float_zeros N: N floats of 0.
float_zeros()
{
    head -c $(($1 * 4)) /dev/zero
}

# print_header ARCH N_FEATURES NAME:SHAPE:COUNT...: the header of a checkpoint;
# the floats of the arrays must follow in this order.
print_header()
{
    header='{"__metadata__":{"format":"nnse-c","version":"1"'
    header="$header"',"nn_arch":"'"$1"'","feat_type":"mel"'
    header="$header"',"n_features":"'"$2"'","rate_hz":"16000"'
    header="$header"',"window_samples":"480","hop_samples":"160"'
    header="$header"',"fft_samples":"512","epoch":"1"}'
    shift 2
    offset=0
    for entry; do
        name=${entry%%:*} n=${entry##*:} shape=${entry#*:}
        end=$((offset + n * 4))
        header="$header"',"'"$name"'":{"dtype":"F32","shape":['"${shape%:*}]"
        header="$header"',"data_offsets":['"$offset,$end]}"
        offset=$end
    done
    header="$header}"
    printf "\\$(printf %03o $((${#header} % 256)))"
    printf "\\$(printf %03o $((${#header} / 256)))"
    printf '\000\000\000\000\000\000'
    printf %s "$header"
}

# make_model FILE BIAS: BIAS is four bytes as octal escapes, a little-endian
# float; the mask is 1 / (1 + exp(-bias)).
make_model()
{
    arch='input_neurons 1\nlayer_type fc\nlayer_neurons 257\n'
    arch="$arch"'activation sigmoid\n'
    {
        print_header "$arch" 1 feature.mean:1:1 feature.inv_std:1:1 \
            layers.0.fc.kernel:1,257:257 layers.0.fc.bias:257:257
        float_zeros 259
        i=0
        while [ $i -lt 257 ]; do
            printf "$2"
            i=$((i + 1))
        done
    } >"$1"
}

# random_floats N SEED [SIGNS]: of either sign (2, or 1 for positive ones), 0.03 to
# 0.5 in size.
random_floats()
{
    LC_ALL=C awk -v n="$1" -v seed="$2" -v signs="${3:-2}" 'BEGIN {
        srand(seed)
        for (i = 0; i < n; i++)
            printf "\\%03o\\%03o\\%03o\\%03o", int(256 * rand()),
                   int(256 * rand()), int(256 * rand()),
                   61 + int(2 * rand()) + 128 * int(signs * rand())
    }' | while IFS= read -r bytes || [ -n "$bytes" ]; do
        printf "$bytes"
    done
}

# make_deep_model FILE SEED: a convolution with stride 2 over 9 mel bands, an
# lstm and two more layers, all of odd widths, with random weights.
make_deep_model()
{
    arch='input_neurons 9\n'
    arch="$arch"'layer_type conv1d\nnum_filters 7\nkernel_size 3\nstrides 2\n'
    arch="$arch"'activation relu6\nlayer_type lstm\nlayer_neurons 5\n'
    arch="$arch"'layer_type fc\nlayer_neurons 3\nactivation linear\n'
    arch="$arch"'layer_type fc\nlayer_neurons 257\nactivation sigmoid\n'
    {
        print_header "$arch" 9 feature.mean:9:9 feature.inv_std:9:9 \
            layers.0.conv1d.kernel:27,7:189 layers.0.conv1d.bias:7:7 \
            layers.1.lstm.kernel:7,20:140 layers.1.lstm.recurrent:5,20:100 \
            layers.1.lstm.bias:20:20 layers.2.fc.kernel:5,3:15 \
            layers.2.fc.bias:3:3 layers.3.fc.kernel:3,257:771 \
            layers.3.fc.bias:257:257
        random_floats 9 "$2"
        random_floats 9 "$2" 1
        random_floats 1502 "$2"
    } >"$1"
}

# Masks of 1 to the last bit (bias 32), and of a half (bias 0).
make_pass_model()
{
    make_model "$1" '\000\000\000\102'
}
make_half_model()
{
    make_model "$1" '\000\000\000\000'
}
