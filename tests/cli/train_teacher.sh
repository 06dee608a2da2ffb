# A net that learns from another one: who it was is noted and remembered, and
# what cannot teach is refused.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips
lstm_net 8 5 >nn_arch/def_tiny.txt
lstm_net 257 7 >nn_arch/def_big.txt

# train NET OPTION...: epochs of 8 mixtures of half a second.
train()
{
    net=$1
    shift
    "$BIN/se-train" --nn_arch "def_$net.txt" --speech speech --noise noise \
        --seconds 0.5 --epoch_hours 0.00111 --babble 0 --batchsize 4 \
        --timesteps 25 --threads 2 --schedule constant "$@"
}

expect 0 train big -q --num_epoch 1
big=models/big/epoch_0001.safetensors
expect 0 train tiny -q --num_epoch 2
mv models/tiny alone

# ---- who taught --------------------------------------------------------------
expect 0 train tiny --teacher big --num_epoch 2
grep -q "learns from ./$big as well" stderr || fail "$(cat stderr)"
grep -q "\"teacher\":\"./$big\",\"teacher_share\":0.5}" \
    models/tiny/history.jsonl || fail "$(cat models/tiny/history.jsonl)"
grep -q teacher alone/history.jsonl && fail 'a teacher where there was none'
last=models/tiny/epoch_0002.safetensors
grep -q "\"command\":\"[^\"]*--teacher ./$big" $last || fail 'no command'
! tail -c 2000 alone/epoch_0002.safetensors | cmp -s - <(tail -c 2000 $last) ||
    fail 'nothing was taught'
mv models/tiny whole
expect 0 train tiny -q --teacher $big --teacher_share 0.9 --dry_run
grep -q "^teacher  *$big, share 0.9, 9191 multiply-adds a frame$" stdout ||
    fail "$(cat stdout)"

# ---- going on ----------------------------------------------------------------
expect 0 train tiny -q --teacher big --num_epoch 1
expect 0 "$BIN/se-train" -q --nn_arch def_tiny.txt --epoch_loaded latest \
    --num_epoch 2
tail -c 2000 $last | cmp - <(tail -c 2000 whole/epoch_0002.safetensors)
expect 1 train tiny -q --teacher big --teacher_share 0.9 --num_epoch 3 --epoch_loaded latest
expect_line "with teacher 'share 0.5, checksum .*asks for 'share 0.9, checksum"
expect 0 train big -q --num_epoch 1 --seed 2 --overwrite
expect 1 train tiny -q --num_epoch 3 --epoch_loaded latest
expect_line "with teacher 'share 0.5, checksum .*asks for 'share 0.5, checksum"

# ---- what cannot teach -------------------------------------------------------
# refuse STATUS REGEX OPTION...
refuse()
{
    expect "$1" train tiny --models_dir new "${@:3}"
    expect_line "^se-train: $2"
    no_files 'new/*'
}
refuse 2 '--teacher_share.*--teacher' --teacher_share 0.5
refuse 2 "--teacher_share: expected a number from 0 to 1, found '1.5'" \
    --teacher big --teacher_share 1.5
refuse 1 'none: no such file' --teacher none
refuse 1 'shipped:none: ' --teacher shipped:none
refuse 1 './speech: no checkpoint' --teacher ./speech
refuse 1 'nn_arch/def_big.txt: ' --teacher nn_arch/def_big.txt
head -c 5000 $big >half.safetensors
refuse 1 'half.safetensors: ' --teacher half.safetensors
