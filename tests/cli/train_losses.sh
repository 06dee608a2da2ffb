# A net trains with each loss that there is; with those that need phases from
# sound and from pcm records, not from records of powers.
. "$SRC/tests/cli/lib.sh"
. "$SRC/tests/training.sh"

make_clips
printf '%s\n' 'input_neurons 8' 'layer_type fc' 'layer_neurons 257' \
    'activation sigmoid' >nn_arch/def_tiny.txt

# tiny OPTION...: an epoch of two batches.
tiny()
{
    "$BIN/se-train" -q --nn_arch def_tiny.txt --timesteps 25 --batchsize 4 \
        --threads 1 --num_epoch 1 --overwrite "$@"
}
sound='--speech speech --noise noise --seconds 0.5 --epoch_hours 0.00111
    --babble 0'

# records FORMAT FOLDER
records()
{
    "$BIN/se-features" -q --format "$1" -s speech -n noise -o "$2" \
        --list "$2.txt" --seconds 0.5 --num 4 --babble 0 --gzip 0
}
records pspec powers
records pspec others
records pcm pcm

"$BIN/se-train" --loss '?' --speech s --noise n 2>known && fail "no loss '?'"
names=$(sed 's/.*known are //; s/,//g' known)
[ "$(echo "$names" | wc -w)" -ge 27 ] || fail "known: $names"

n_phase=0
for name in $names; do
    expect 0 tiny $sound --loss "$name"
    grep -q '"valid_loss":-*[0-9]' models/tiny/history.jsonl ||
        fail "$name: $(cat models/tiny/history.jsonl)"
    sed -n '/^.SS Losses/,/^.SS Training/p' "$SRC/cmd/se-train/se-train.1" |
        grep '^\.B' | grep -qw "$name" || fail "$name is not in the manual"
    if ! tiny --train_list powers.txt --test_list others.txt --loss "$name" \
        2>stderr; then
        expect_line "^se-train: loss '$name' needs phases, .* --format pcm"
        n_phase=$((n_phase + 1))
    fi
done
[ $n_phase -eq 14 ] || fail "$n_phase losses need phases"
expect 0 tiny --train_list pcm.txt --test_list pcm.txt \
    --loss 'mse+0.1*tsisdr+rimae'
