# se-convert and what is not as it should be: one line, the right status, and
# nothing written.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/model.sh"

convert=$BIN/se-convert
make_deep_model a.st 1

# refuse STATUS REGEX OPTION...: nothing is left in out/.
refuse()
{
    mkdir -p out
    expect "$1" "$convert" --folder_c out "${@:3}"
    expect_line "^se-convert: $2"
    no_files 'out/*'
}

# ---- names and ids
for name in 2se 'a b' 'a-b' '' 'ä' 'se;' alignas while class xor_eq; do
    case $name in
    alignas | while | class | xor_eq) regex="net name '$name': is a keyword" ;;
    *) regex="net name '$name': expected a C identifier" ;;
    esac
    refuse 2 "$regex" --model a.st --net_name "$name"
done
refuse 2 "net name 'a{41}': 41 characters, expected at most 40" \
    --model a.st --net_name aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
refuse 2 '--net_id: expected a whole number from 0 to 99' \
    --model a.st --net_id 100
refuse 2 '--net_id: expected a whole number from 0 to 99' --model a.st --net_id -1

expect 0 "$convert" -q --model a.st --net_id 7 --net_name first --folder_c used
expect 1 "$convert" -q --model a.st --net_id 7 --net_name second --folder_c used
expect_line 'used: net id 7 is used already, by def_nn7_first'
no_files 'used/*second*'
expect 0 "$convert" -q --model a.st --net_id 70 --net_name second \
    --folder_c used

# ---- folders
: >file
expect 1 "$convert" --model a.st --folder_c file
expect_line '^se-convert: file: '
mkdir -p block/def_nn3_se.h
expect 1 "$convert" --model a.st --folder_c block
expect_line '^se-convert: block/def_nn3_se.h: cannot write: is a folder, expected a file'
no_files 'block/*.c*'
if [ "$(id -u)" -ne 0 ]; then
    mkdir closed
    chmod a-w closed
    expect 1 "$convert" --model a.st --folder_c closed
    expect_line '^se-convert: closed.*: Permission denied'
fi
# A full disk, where the system has such a place: what was there stays.
if [ -w /dev/full ]; then
    expect 1 sh -c '"$0" --model a.st --folder_c report >/dev/full' "$convert"
    expect_line '^se-convert: .*No space left'
fi

# No file for two things, those included whose names make themselves; the net
# itself has the name of a table here.
mkdir two
for name in def_nn3_se.h def_nn3_se.c golden_nn3_se.h; do
    cp a.st "two/$name"
    expect 2 "$convert" --folder_c two --model "two/$name" --golden two/none.wav
    expect_line "^se-convert: the .* two/$name and --model two/$name are one"
    cmp a.st "two/$name" || fail "$name was written over"
    rm "two/$name"
done
expect 2 "$convert" --folder_c two --net_id 3 --model a.st \
    --onnx two/./def_nn3_se.c
expect_line '^se-convert: --onnx two/./def_nn3_se.c and the tables. '
cp a.st two/x_sound.onnx
expect 2 "$convert" --model two/x_sound.onnx --onnx two/x.onnx
expect_line '^se-convert: the second graph two/x_sound.onnx and --model '
no_files 'two/def*'

# ---- models
refuse 1 'none.st: ' --model none.st
refuse 1 'def_none.txt: no such file' --nn_arch def_none.txt
refuse 1 'a.st: the features are mel, expected pspec' \
    --model a.st --feat_type pspec
refuse 2 '--feat_type: expected any, mel or pspec' --model a.st --feat_type log
# Weights that no scale of 8 bits holds: 32 on features in Q8.
{
    head -c $(($(wc -c <a.st) - 4 * 1502)) a.st
    printf '\000\000\000\102'
    tail -c $((4 * 1501)) a.st
} >large.st
refuse 1 'large.st: layer 1 \(conv1d\), kernel of output 0: weights up to 32 do not fit' \
    --model large.st
refuse 1 'a.st: ns-nnsp: ' --model a.st --layout ns-nnsp

# ---- sounds
refuse 1 'none.wav: cannot open' --model a.st --wav none.wav
refuse 1 'none.wav: cannot open' --model a.st --golden none.wav
refuse 1 'none.wav: cannot open' --model a.st --calibrate none.wav
head -c 300 /dev/zero >short.raw
expect 0 "$BIN/se-enhance" --model a.st --raw --rate 16000 short.raw short.wav
refuse 1 'short.wav: lasts 0.009 s, expected 0.01 s or more' \
    --model a.st --wav short.wav
refuse 1 'short.wav: lasts 0.009 s, expected 0.20 s or more' \
    --model a.st --golden short.wav
refuse 1 'short.wav: 150 samples to calibrate with, expected 160 or more' \
    --model a.st --calibrate short.wav

# ---- usage
refuse 2 "unexpected 'x'" --model a.st x
refuse 2 '--from_tf needs --stats' --from_tf x
refuse 2 '--stats needs --from_tf' --stats x
refuse 2 '--golden_frames needs --golden' --model a.st --golden_frames 3
refuse 2 '--layout: expected nnse-c or ns-nnsp' --layout other
refuse 2 '--wav and --layout ns-nnsp exclude each other' --layout ns-nnsp --model a.st --wav x
refuse 1 '' --from_tf none --stats none --net_id 3

expect 2 "$BIN/se-enhance" --calibrate x a b
expect_line 'se-enhance: --calibrate needs --engine fixed'
expect 2 "$BIN/se-enhance" --engine double a b
expect_line "se-enhance: --engine: expected float or fixed, found 'double'"
