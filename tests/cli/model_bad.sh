# nn_arch files and checkpoints that are missing, damaged, hostile or of another
# net: one clear line, exit status 1, no output.
. "$SRC/tests/cli/lib.sh"

noisy=$SRC/test_wavs/noisy/rms_fan_0dB.wav
folder=models/tiny

# bytes_of NUMBER: 8 bytes, little endian.
bytes_of()
{
    number=$1
    for _ in 1 2 3 4 5 6 7 8; do
        printf "\\$(printf %03o $((number % 256)))"
        number=$((number / 256))
    done
}

# make_file HEADER N_BYTES: a safetensors file with N_BYTES of zeros as data.
make_file()
{
    bytes_of ${#1}
    printf %s "$1"
    head -c "$2" /dev/zero
}

# array NAME SHAPE BEGIN END
array()
{
    printf '"%s":{"dtype":"F32","shape":[%s],"data_offsets":[%s,%s]}' "$@"
}

# make_model NEURONS: one fc layer of zeros behind 3 mel bands, as
# models/README.md tells other programs to write it.
make_model()
{
    end=$((24 + 4 * $1))
    make_file "{\"__metadata__\":{\"format\":\"nnse-c\",\"version\":\"1\",\
\"nn_arch\":\"input_neurons 3\\nlayer_type fc\\nlayer_neurons $1\\n\
activation sigmoid\",\"feat_type\":\"mel\",\"n_features\":\"3\",\
\"rate_hz\":\"16000\",\"window_samples\":\"480\",\"hop_samples\":\"160\",\
\"fft_samples\":\"512\",\"epoch\":\"4\"},$(array feature.inv_std 3 0 12),\
$(array feature.mean 3 12 24),$(array layers.0.fc.bias "$1" 24 $end),\
$(array layers.0.fc.kernel "3,$1" $end $((end + 12 * $1)))}" \
        $((24 + 16 * $1))
}

write_arch()
{
    printf 'input_neurons 3\nlayer_type fc\nlayer_neurons %s\n%s\n' "$1" \
        'activation sigmoid' >nn_arch/def_tiny.txt
}

# refused REGEX [OPTION...]: se-enhance with the tiny net says so.
refused()
{
    expect "${refusal:-1}" "$BIN/se-enhance" --nn_arch def_tiny.txt "${@:2}" \
        "$noisy" out.wav
    expect_line "^se-enhance: $1"
    no_files 'out.wav*'
}

mkdir -p nn_arch "$folder"
write_arch 257
make_model 257 >"$folder/epoch_0004.safetensors"
expect 0 "$BIN/se-enhance" --nn_arch def_tiny.txt "$noisy" good.wav
[ -s good.wav ] || fail 'no output of a good model'

# ---- nn_arch
refused 'def_none.txt: no such file, nor in nn_arch/' --nn_arch def_none.txt
for bad in no_layer inputs_of_layer unknown_key control_characters; do
    bad=$SRC/tests/golden/bad/$bad.txt
    text=$(sed -n '1s/^# error: //p' "$bad")
    expect 1 "$BIN/se-enhance" --nn_arch "$bad" "$noisy" out.wav
    [ "$(cat stderr)" = "se-enhance: $bad:$text" ] || fail "$(cat stderr)"
    expect 1 "$BIN/se-train" --nn_arch "$bad" --train_list x --test_list x
    [ "$(cat stderr)" = "se-train: $bad:$text" ] || fail "$(cat stderr)"
done
no_files 'out.wav*'
printf 'not text\000' >nn_arch/def_tiny.txt
refused './nn_arch/def_tiny.txt: not a text file'
write_arch 257

# ---- choice of a checkpoint
refused './models/tiny: no epoch 5, .* one of 4$' --epoch_loaded 5
refusal=2 refused "epoch is 'first', expected best, latest or one of 4$" \
    --epoch_loaded first
echo '{"epoch":4,' >"$folder/history.jsonl"
refused './models/tiny/history.jsonl:1: expected a JSON object'
rm "$folder/history.jsonl"
ln -s loop loop
for option in --model --nn_arch; do
    expect 1 "$BIN/se-enhance" $option loop "$noisy" out.wav
    expect_line '^se-enhance: loop: cannot open: Too many levels of symbolic links'
done
mv "$folder/epoch_0004.safetensors" kept
refused './models/tiny: no checkpoint, expected epoch_<NNNN>'
refusal=2 refused "epoch is '', expected best, latest or a number$" --epoch_loaded ''
rmdir "$folder"
refused 'tiny: no such file, nor in models/'
mkdir "$folder"

# A pipe, whose writer would be waited for.
mkfifo "$folder/epoch_0005.safetensors"
refused './models/tiny/epoch_0005.safetensors: is not a file, expected safeten' \
    --epoch_loaded 5
rm "$folder/epoch_0005.safetensors"

# ---- checkpoints of another net
mv kept "$folder/epoch_0004.safetensors"
write_arch 258
refused './nn_arch/def_tiny.txt:2: the last layer gives 258 values, expected 257'
write_arch 257
sed -i s/sigmoid/linear/ nn_arch/def_tiny.txt
refused '.*/epoch_0004.safetensors is not the net of ./nn_arch/def_tiny.txt: layer 1 is fc 257 sigmoid, expected fc 257 linear$'
write_arch 257

make_model 10 >few.st
expect 1 "$BIN/se-convert" --model few.st --onnx few.onnx --tflite few.tflite
expect_line '^se-convert: few.st: nn_arch:2: the last layer gives 10 values, expected 257 '
no_files 'few*.onnx few.tflite'

# ---- damaged and hostile files, as epoch 6
file=$folder/epoch_0006.safetensors
here='./models/tiny/epoch_0006.safetensors: '
size=$(wc -c <"$folder/epoch_0004.safetensors")
for n in 0 7 8 300 1000 $((size - 1)); do
    head -c "$n" "$folder/epoch_0004.safetensors" >"$file"
    refused "$here"
done
echo 'This is a text file and no model at all.' >"$file"
refused "${here}not safetensors: a header of [0-9]+ bytes"
{ bytes_of 100000000; head -c 1000 /dev/zero; } >"$file"
refused "${here}a header of 100000000 bytes in a file of 1008"
{ printf '\377\377\377\377\377\377\377\377'; cat "$noisy"; } >"$file"
refused "${here}not safetensors: a header of 18446744073709551615 bytes"
make_file "{$(array a 4294967296,4294967296 0 4)}" 4 >"$file"
refused "${here}tensor 'a': its shape overflows"
make_file "{$(array a 1 0 4),$(array a 1 4 8)}" 8 >"$file"
refused "${here}two entries are named 'a'"
make_file "{$(array a 2 0 8),$(array b 2 4 12)}" 12 >"$file"
refused "${here}tensor 'b' begins at 4 of the data, expected 8"
make_file "{$(array a 1 0 4),$(array b 1 8 12)}" 12 >"$file"
refused "${here}tensor 'b' begins at 8 of the data, expected 4"
make_file "{$(array a 2 0 8)}" 8 >"$file"
refused "${here}no 'format' in the metadata"
{ head -c $((size - 4)) "$folder/epoch_0004.safetensors"
  printf '\000\000\300\177'; } >"$file"
refused "${here}tensor 'layers.0.fc.kernel' holds nan at 770"
rm "$file"

# Nothing of all this has touched the good one.
expect 0 "$BIN/se-enhance" --nn_arch def_tiny.txt --epoch_loaded 4 \
    "$noisy" again.wav
cmp good.wav again.wav || fail 'another output'
