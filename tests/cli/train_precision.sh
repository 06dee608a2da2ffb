# Products in bfloat16: another training than in float32, the same bytes after a
# stop, remembered for the resume.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips
lstm_net 8 5 >nn_arch/def_tiny.txt

# train FOLDER OPTION...: epochs of 8 mixtures of half a second.
train()
{
    folder=$1
    shift
    "$BIN/se-train" --nn_arch def_tiny.txt --models_dir "$folder" \
        --speech speech --noise noise --seconds 0.5 --epoch_hours 0.00111 \
        --babble 0 --batchsize 4 --timesteps 25 --threads 2 \
        --schedule constant "$@"
}

expect 0 train plain -q --num_epoch 2
expect 0 train exact -q --num_epoch 2 --precision float32
expect 0 train rounded --num_epoch 2 --precision bfloat16
native=yes
grep -q 'no AMX' stderr && native=no
last=tiny/epoch_0002.safetensors
tail -c 2000 plain/$last | cmp - <(tail -c 2000 exact/$last)
! tail -c 2000 plain/$last | cmp -s - <(tail -c 2000 rounded/$last) ||
    fail 'bfloat16 rounds nothing'

expect 0 train auto -q --num_epoch 2 --precision auto
like=exact
[ $native = no ] || like=rounded
tail -c 2000 auto/$last | cmp - <(tail -c 2000 $like/$last)

expect 0 train parted -q --num_epoch 1 --precision bfloat16
expect 1 train parted -q --num_epoch 2 --precision float32 \
    --epoch_loaded latest
expect_line "was trained with reduced_precision 'bfloat16', this run asks for 'none'$"
expect 0 train parted -q --num_epoch 2 --precision bfloat16 \
    --epoch_loaded latest
tail -c 2000 parted/$last | cmp - <(tail -c 2000 rounded/$last)

expect 2 train bad --precision half
expect_line "^se-train: --precision: expected float32, bfloat16 or auto, found 'half'"
