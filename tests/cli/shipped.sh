# Nets of one's own beside those that are shipped: which one runs is said, and
# shipped:NAME is always the other one. And what shipped nets leave alone.
. "$SRC/tests/cli/lib.sh"
need sha256sum sox

enhance=$BIN/se-enhance
arch=def_se_nn_arch72_mel.txt
noisy=$SRC/test_wavs/noisy/rms_fan_0dB.wav
own=models/se_nn_arch72_mel

# ---- the list ------------------------------------------------------------------
(cd "$SRC/models" && sha256sum -c --quiet shipped.txt) ||
    fail 'models/shipped.txt: not the nets that are there'
shipped=$SRC/models/$(sed -n 's|.*  \(se_nn_arch72_mel/\)|\1|p' \
    "$SRC/models/shipped.txt")
epoch=$(basename "$shipped" .safetensors | sed 's/^epoch_0*//')

# ---- clean speech stays, 20 dB softer as well -----------------------------------
# rms FILE: root mean square.
rms()
{
    sox "$1" -n stat 2>&1 | sed -n 's/^RMS *amplitude: *//p'
}
mkdir soft kept
for file in "$SRC"/test_wavs/clean/*.wav; do
    sox -D "$file" soft/"${file##*/}" gain -20
done
for net in $(sed 's|.*  \(.*\)/.*|\1|' "$SRC/models/shipped.txt"); do
    expect 0 "$enhance" -q --engine fixed --model "shipped:$net" -o kept soft/*
    for file in soft/*; do
        before=$(rms "$file") after=$(rms kept/"${file##*/}")
        awk "BEGIN { exit !($after > 0.97 * $before) }" ||
            fail "$net: $file: RMS $before, now $after"
    done
done

# ---- the shipped one -----------------------------------------------------------
expect 0 "$enhance" "$noisy" shipped.wav
[ ! -s stderr ] || fail "says something: $(cat stderr)"

# A training that stopped in its first epoch hides nothing.
mkdir -p $own
expect 0 "$enhance" "$noisy" out.wav
cmp out.wav shipped.wav || fail 'an empty folder hides the net'
[ ! -s stderr ] || fail "says something: $(cat stderr)"

# ---- one of one's own ----------------------------------------------------------
mkdir clean noise
cp "$SRC"/test_wavs/clean/*.wav clean
sox -R -n -r 16000 -c 1 -b 16 noise/1.wav synth 5 pinknoise gain -6
train()
{
    expect 0 "$BIN/se-train" --speech clean --noise noise --seconds 1 \
        --epoch_hours 0.001 --timesteps 50 --num_epoch 1 "$@"
}
train
grep -q -- '--batchsize 4 instead of 64' stderr || fail "batch: $(cat stderr)"
says_own()
{
    expect 0 "$@"
    [ "$(grep -c "^se-[a-z]*: the net is ./$own/epoch_0001.safetensors, not the \
one that is shipped (shipped:se_nn_arch72_mel)" stderr)" -eq 1 ] ||
        fail "does not say that it is another net: $*: $(cat stderr)"
}
says_own "$enhance" "$noisy" out.wav
says_own "$BIN/se-convert" --folder_c tables
says_own "$BIN/se-eval" -c "$SRC/test_wavs/clean" -n "$SRC/test_wavs/noisy"
expect 0 "$enhance" "$noisy" out.wav
! cmp -s out.wav shipped.wav || fail 'the own net was not taken'
expect 0 "$enhance" -q "$noisy" out.wav
[ ! -s stderr ] || fail "-q: $(cat stderr)"

# ---- and yet the shipped one ---------------------------------------------------
expect 0 "$enhance" --nn_arch shipped:$arch "$noisy" out.wav
cmp out.wav shipped.wav || fail "shipped:$arch is another net"
[ ! -s stderr ] || fail "says something: $(cat stderr)"
expect 0 "$enhance" --model shipped:se_nn_arch72_mel "$noisy" out.wav
cmp out.wav shipped.wav || fail '--model shipped: is another net'
expect 0 "$enhance" --model $own/epoch_0001.safetensors "$noisy" own.wav
for name in $own ./$own/ se_nn_arch72_mel; do
    expect 0 "$enhance" --model "$name" "$noisy" out.wav
    cmp out.wav own.wav || fail "--model $name is another net"
done
expect 1 "$enhance" --model shipped:none "$noisy" none.wav
expect_line '^se-enhance: shipped:none: no such net in '
for command in 'se-enhance x y --model' 'se-convert --model' \
    'se-eval -c x -n x --model' 'se-train --speech x --noise x --init' \
    'se-train --speech x --noise x --teacher'; do
    expect 2 "$BIN"/$command shipped:
    expect_line "'shipped:': expected the name of a net, found an empty one"
done
expect 1 "$enhance" --model clean "$noisy" none.wav
expect_line '^se-enhance: clean: '
[ ! -e none.wav ] || fail 'wrote sound without a net'
train --init shipped:se_nn_arch72_mel --models_dir mine
grep -q "begins with the weights of /.*/$own/epoch_0*$epoch" stderr ||
    fail "--init shipped: $(cat stderr)"
train --init se_nn_arch72_mel --models_dir mine --overwrite
grep -q "begins with the weights of ./$own/epoch_0001" stderr ||
    fail "--init: $(cat stderr)"

expect 1 "$enhance" --nn_arch shipped:def_tiny.txt "$noisy" no.wav
expect_line '^se-enhance: shipped:def_tiny.txt: no such file in .*nn_arch'
expect 1 "$enhance" --nn_arch shipped:$arch --epoch_loaded 98 "$noisy" no.wav
expect_line "epoch is '98', expected best, latest or the shipped $epoch"
expect 1 "$BIN/se-train" --init shipped:tiny --speech clean --noise noise
expect_line '^se-train: shipped:tiny: no such net in .*/models/shipped.txt'
no_files no.wav

# ---- trained in the source tree ------------------------------------------------
mkdir -p share/models/se_nn_arch72_mel
cp "$SRC/models/shipped.txt" share/models
cp "$shipped" share/models/se_nn_arch72_mel
cp $own/epoch_0001.safetensors share/models/se_nn_arch72_mel/epoch_0099.safetensors
cp -r "$SRC/nn_arch" share
export SE_SHARE="$PWD/share"
rm -r models
expect 0 "$enhance" "$noisy" out.wav
expect_line "the net is $SE_SHARE/$own/epoch_0099.*, not the one that is shipped"
expect 0 "$enhance" --nn_arch shipped:$arch "$noisy" out.wav
cmp out.wav shipped.wav || fail 'a later epoch is taken for the shipped one'
unset SE_SHARE

# The library has the shipped net within, and says where it is not the one.
mkdir tree
for part in Makefile lib cmd scripts nn_arch models tests; do
    cp -a "$SRC/$part" tree
done
cp share/models/se_nn_arch72_mel/epoch_0099.safetensors tree/$own
make -n -C tree PREFIX=/usr install >lines 2>&1 || fail "install: $(cat lines)"
! grep -q epoch_0099 lines || fail 'install takes what was trained in the tree'
expect 0 make -C tree BUILD="$PWD/built" "$PWD/built/lib/nnse_builtin.o"
cp share/models/se_nn_arch72_mel/epoch_0099.safetensors \
    "tree/$own/$(basename "$shipped")"
expect 2 make -C tree BUILD="$PWD/built" "$PWD/built/lib/nnse_builtin.o"
grep -q "$(basename "$shipped"): FAILED" stdout ||
    fail "builds with another net: $(cat stdout stderr)"
