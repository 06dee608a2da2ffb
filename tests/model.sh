# model.sh - nets of one layer with a known answer, for command-line tests:
# one mel band in, the same mask for all 257 bins whatever the sound.

# float_zeros N: N floats of 0.
float_zeros()
{
    head -c $(($1 * 4)) /dev/zero
}

# make_model FILE BIAS: BIAS is four bytes as octal escapes, a little-endian
# float; the mask is 1 / (1 + exp(-bias)).
make_model()
{
    arch='input_neurons 1\nlayer_type fc\nlayer_neurons 257\n'
    arch="$arch"'activation sigmoid\n'
    header='{"__metadata__":{"format":"nnse-c","version":"1"'
    header="$header"',"nn_arch":"'"$arch"'","feat_type":"mel"'
    header="$header"',"n_features":"1","rate_hz":"16000"'
    header="$header"',"window_samples":"480","hop_samples":"160"'
    header="$header"',"fft_samples":"512","epoch":"1"}'
    offset=0
    for entry in feature.mean:1:1 feature.inv_std:1:1 \
        layers.0.fc.kernel:1,257:257 layers.0.fc.bias:257:257; do
        name=${entry%%:*} n=${entry##*:} shape=${entry#*:}
        end=$((offset + n * 4))
        header="$header"',"'"$name"'":{"dtype":"F32","shape":['"${shape%:*}]"
        header="$header"',"data_offsets":['"$offset,$end]}"
        offset=$end
    done
    header="$header}"
    {
        printf "\\$(printf %03o $((${#header} % 256)))"
        printf "\\$(printf %03o $((${#header} / 256)))"
        printf '\000\000\000\000\000\000'
        printf %s "$header"
        float_zeros 259
        i=0
        while [ $i -lt 257 ]; do
            printf "$2"
            i=$((i + 1))
        done
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
